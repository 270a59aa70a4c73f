using System.Buffers;
using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>Room in the engine over logs: it comes back, it is found, and what fails leaves none taken.</summary>
public sealed class LogRoomTests
{
    [Fact]
    public async Task Memory_OfAnUnboundedCacheWhoseValuesChangeTheirLength_StaysWhatItWas()
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++) backend.Set($"key {i}", new byte[100]);
        for (var i = 0; i < 200; i++) backend.Delete($"key {i}");
        var before = (await backend.GetStatsAsync()).MemoryBytes;

        for (var i = 0; i < 400_000; i++) backend.Set($"key {random.Next(200, 20_000)}", new byte[random.Next(200)]);

        // Four segments of each of 16 shards, a quarter of the rest, and what has grown meanwhile.
        Assert.InRange((await backend.GetStatsAsync()).MemoryBytes ?? 0, 1, (long)(1.4 * before!.Value) + (16 * 5 * 64 * 1024));
    }

    [Fact]
    public async Task Memory_OfAnUnboundedCacheThatIsEmptiedByDeletes_ComesBack()
    {
        using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        for (var i = 0; i < 100_000; i++) backend.Set($"key {i}", new byte[100]);
        for (var i = 0; i < 100_000; i++) backend.Delete($"key {i}");

        // Of each of 16 shards the segment that is written, one to spare, and the table.
        Assert.InRange((await backend.GetStatsAsync()).MemoryBytes ?? 0, 1, 16 * (2 * 128 * 1024 + 100_000));
    }

    // A rule that compares keeps a part of a loop that is larger than the cache, and would lose all of it if entries went for want of a segment instead.
    [Theory]
    [InlineData(32_926)]
    [InlineData(40_000)]
    [InlineData(50_000)]
    [InlineData(80_000)]
    public void Lookups_InALoopLargerThanABoundOnMemory_HitWhatIsKept(long maxMemoryBytes)
    {
        const int keys = 1011, rounds = 60;
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = maxMemoryBytes, Eviction = EvictionMode.TinyLfu });
        var hits = 0;
        for (var i = 0; i < keys * rounds; i++)
        {
            var key = $"key:{i % keys:d15}";
            if (backend.Get(key) is not null) hits++;
            else backend.Set(key, new byte[100]);
        }

        Assert.InRange((double)hits / (keys * rounds), 0.4 * maxMemoryBytes / 200 / keys, 1);
    }

    public static MatrixTheoryData<EvictionMode, long> SmallCaches() => new([EvictionMode.S3Fifo, EvictionMode.TinyLfu], [18_000, 40_000, 90_000, 115_000, 120_000, 500_000]);

    // Memory comes and goes by the segment. Entries must not: with a small log of one segment, all that is new would go before it is asked for again.
    [Theory]
    [MemberData(nameof(SmallCaches))]
    public async Task Lookups_WithABoundOnMemory_HitAsOftenAsWithThatManyEntries(EvictionMode eviction, long maxMemoryBytes)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = maxMemoryBytes, Eviction = eviction });
        var hits = HitsOfBursts(backend);
        var entries = (await backend.GetStatsAsync()).CurrentEntries!.Value;
        using var other = new InMemoryBackend(new InMemoryBackendOptions { Capacity = entries, Eviction = eviction });
        Assert.InRange(hits, 0.96 * HitsOfBursts(other), double.PositiveInfinity);
        Assert.InRange(entries, maxMemoryBytes / 230, maxMemoryBytes / 130);
    }

    // Each has a segment for itself, which is moved as it is: nothing is copied, and no memory needed for it.
    [Theory]
    [InlineData(EvictionMode.S3Fifo)]
    [InlineData(EvictionMode.TinyLfu)]
    public void Lookups_OfLargeValuesThatAreUsedAgainAndAgain_HitAndCopyNothing(EvictionMode eviction)
    {
        const int used = 40, rounds = 400, roundsPerKey = 40, newOnes = 3, length = 20_000;
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 1_000_000, Eviction = eviction });
        var (value, buffer) = (new byte[length], new byte[length]);
        var (hits, sets) = (0, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < used + newOnes; i++)
            {
                var key = i < used ? $"used {i} {(round + i) / roundsPerKey}" : $"new {round} {i}";
                if (backend.TryGet(key, buffer, out _) == LookupOutcome.Hit)
                {
                    hits++;
                    continue;
                }

                backend.Set(key, value);
                sets++;
            }
        }

        Assert.InRange((double)hits / (used * rounds), 0.75, 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (sets + 50) * (length + 1000L));
    }

    [Theory]
    [InlineData(EvictionMode.S3Fifo)]
    [InlineData(EvictionMode.TinyLfu)]
    [InlineData(EvictionMode.Adaptive)]
    public async Task Set_OfEverSmallerValues_IsAlwaysStored(EvictionMode eviction)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 1024 * 1024, Eviction = eviction });
        for (var i = 0; i < 100_000; i++)
        {
            var length = i < 1_000 ? 4_000 : i < 20_000 ? 100 : 0;
            Assert.Equal((i, SetOutcome.Stored), (i, backend.Set($"key {i}", new byte[length])));
            if (i % 1000 == 0) Assert.InRange((await backend.GetStatsAsync()).MemoryBytes ?? 0, 1, 1024 * 1024);
        }
    }

    [Fact]
    public async Task Set_OfALargerValueThanFitsBesideTheOldOne_TakesItsPlace()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 1024 * 1024, Eviction = EvictionMode.S3Fifo });
        Assert.Equal(SetOutcome.Stored, backend.Set("key", new byte[600_000]));
        Assert.Equal(SetOutcome.Stored, backend.Set("key", new byte[700_000]));
        Assert.Equal(SetOutcome.TooLarge, backend.Set("key", new byte[1_100_000]));
        Assert.Equal(700_000, backend.Get("key")?.Length);
        Assert.Equal(1, (await backend.GetStatsAsync()).CurrentEntries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task Set_OfMemoryThatThrows_ChangesNothing(int lengthBefore)
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 100 });
        if (lengthBefore > 0) backend.Set("key", new byte[lengthBefore]);
        var before = await backend.GetStatsAsync();
        using var memory = new ThrowingMemory(100);

        for (var i = 0; i < 200; i++) Assert.ThrowsAny<Exception>(() => backend.Set(i % 2 == 0 ? "key" : $"key {i}", memory.Memory));

        var after = await backend.GetStatsAsync();
        Assert.Equal((before.CurrentEntries, before.CurrentSizeBytes), (after.CurrentEntries, after.CurrentSizeBytes));
        Assert.Equal(lengthBefore, backend.Get("key")?.Length ?? 0);
        for (var i = 0; i < 100; i++) Assert.Equal(SetOutcome.Stored, backend.Set($"other {i}", new byte[10]));
        Assert.Equal(100, (await backend.GetStatsAsync()).CurrentEntries);
    }

    [Fact]
    public async Task Ends_PutOffAgainAndAgain_StillCome()
    {
        var clock = new ManualTimeProvider();
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = clock });
        backend.Set("key", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromMilliseconds(10) });
        for (var i = 0; i < 1000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(9));
            Assert.True(await backend.TouchAsync("key", TimeSpan.FromMilliseconds(10)));
        }

        clock.Advance(TimeSpan.FromMilliseconds(9));
        Assert.Equal(1, (await backend.GetStatsAsync()).CurrentEntries);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((0L, 1L), ((await backend.GetStatsAsync()).CurrentEntries, (await backend.GetStatsAsync()).Expirations));
    }

    private sealed class ThrowingMemory(int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(ThrowingMemory));

        public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException(nameof(ThrowingMemory));

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    // It takes memory from some shards, all that these have. They get it back: where they did not, all keys of these shards would miss from then on.
    [Theory]
    [InlineData(EvictionMode.S3Fifo)]
    [InlineData(EvictionMode.Adaptive)]
    public void Lookups_AfterAVeryLargeValue_HitInEveryShard(EvictionMode eviction)
    {
        const int entries = 400_000;
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 32 * 1024 * 1024, Eviction = eviction });
        for (var i = 0; i < entries; i++) backend.Set($"before {i}", new byte[100]);
        Assert.Equal(SetOutcome.Stored, backend.Set("large", new byte[9 * 1024 * 1024]));
        for (var i = 0; i < entries / 10; i++)
        {
            backend.Set($"after {i}", new byte[100]);
            backend.TryGet("large", [], out _);
        }

        Assert.InRange(HitsOfLatest(backend, "after", entries / 10), 0.97, 1);
    }

    // Whoever needs the next segment must not pay for what all hold beyond the limit.
    [Theory]
    [InlineData(EvictionMode.S3Fifo)]
    [InlineData(EvictionMode.Adaptive)]
    public async Task Lookups_WhereMemoryIsShortAndALargeValueCame_HitInEveryShard(EvictionMode eviction)
    {
        const int entries = 240_000;
        var load = new MemoryLoad(1, 2, 0);
        var pressure = new MemoryPressure(() => load);
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 32 * 1024 * 1024, MemoryPressure = pressure, Eviction = eviction });
        for (var i = 0; i < entries; i++) backend.Set($"before {i}", new byte[100]);
        var full = (await backend.GetStatsAsync()).MemoryBytes!.Value;
        load = new MemoryLoad((long)(0.85 * 2 * full), 2 * full, 1);
        pressure.Look();
        load = new MemoryLoad((long)(0.75 * 2 * full), 2 * full, 2);
        Assert.Equal(SetOutcome.Stored, backend.Set("large", new byte[4 * 1024 * 1024]));
        for (var i = 0; i < entries / 10; i++) backend.Set($"after {i}", new byte[100]);
        Assert.InRange(HitsOfLatest(backend, "after", entries / 10), 0.97, 1);
        var kept = Enumerable.Range(0, entries).Count(i => backend.Exists($"before {i}"));
        Assert.InRange(kept, entries / 2.5, entries);
    }

    // As many bytes go as come, also where values are replaced by larger ones: those that were written last were not among them.
    [Theory]
    [InlineData(EvictionMode.S3Fifo)]
    [InlineData(EvictionMode.Adaptive)]
    public void Lookups_WhereValuesGrow_HitWhatWasWrittenLast(EvictionMode eviction)
    {
        const int entries = 20_000;
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxMemoryBytes = 2 * 1024 * 1024, Eviction = eviction });
        for (var i = 0; i < entries; i++) backend.Set($"key {i}", new byte[100]);
        var present = Enumerable.Range(0, entries).Where(i => backend.Exists($"key {i}")).ToArray();
        foreach (var i in present) backend.Set($"key {i}", new byte[300]);

        Assert.InRange(present.TakeLast(1_000).Count(i => backend.Exists($"key {i}")), 950, 1_000);
        Assert.InRange(present.Count(i => backend.Exists($"key {i}")), 4_500, present.Length);
    }

    // The latest of all that fit are still there, whatever the rule.
    private static double HitsOfLatest(InMemoryBackend backend, string name, int count)
    {
        const int latest = 5_000;
        return Enumerable.Range(count - latest, latest).Count(i => backend.Exists($"{name} {i}")) / (double)latest;
    }

    // Some keys that are popular, and others that are asked for some times within a dozen lookups, and never again.
    private static double HitsOfBursts(InMemoryBackend backend)
    {
        const int lookups = 60_000, popular = 4_000, burst = 12;
        var random = new Random(7);
        var hits = 0;
        for (var i = 0; i < lookups; i++)
        {
            var key = random.Next(2) == 0 ? $"popular {(int)Math.Pow(popular, random.NextDouble()):d11}" : $"burst {(i - random.Next(burst)) / burst:d13}";
            if (backend.Get(key) is not null) hits++;
            else backend.Set(key, new byte[100]);
        }

        return hits;
    }
}
