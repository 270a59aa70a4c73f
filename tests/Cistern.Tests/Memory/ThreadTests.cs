namespace Cistern.Tests.Memory;

/// <summary>Eight threads on random keys: what they saw, what was counted and what is left agree.</summary>
public sealed class ThreadTests
{
    private const int Threads = 8;
    private const int OperationsEach = 20_000;

    public static TheoryData<InMemoryBackendOptions> Options() =>
    [
        new InMemoryBackendOptions { Capacity = 50, Eviction = EvictionMode.Lru },
        new InMemoryBackendOptions { MaxSizeBytes = 1000, Eviction = EvictionMode.OldestAdded },
        new InMemoryBackendOptions { MaxMemoryBytes = 20_000, Eviction = EvictionMode.Lru },
        InMemoryBackendOptions.Unbounded with { Eviction = EvictionMode.Lru },
    ];

    [Theory]
    [MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public async Task Operations_OfEightThreads_AddUp(InMemoryBackendOptions options)
    {
        await using var backend = new InMemoryBackend(options);
        long lookups = 0, hits = 0, stored = 0, deleted = 0, evicted = 0, wrong = 0;
        var threads = Enumerable.Range(0, Threads).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < OperationsEach; i++)
            {
                var number = random.Next(200);
                var key = $"k{number}";
                switch (random.Next(10))
                {
                    case < 5:
                        Interlocked.Increment(ref lookups);
                        if (backend.Get(key) is not { } value) break;
                        Interlocked.Increment(ref hits);
                        if (value.AsSpan().ContainsAnyExcept((byte)number)) Interlocked.Increment(ref wrong);
                        break;
                    case < 8:
                        var bytes = new byte[random.Next(60)];
                        bytes.AsSpan().Fill((byte)number);
                        if (backend.Set(key, bytes) == SetOutcome.Stored) Interlocked.Increment(ref stored);
                        break;
                    case 8:
                        if (backend.Delete(key)) Interlocked.Increment(ref deleted);
                        break;
                    default:
                        if (random.Next(10) == 0 && backend.EvictOne() is not null) Interlocked.Increment(ref evicted);
                        break;
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(0, wrong);
        var stats = await backend.GetStatsAsync();
        Assert.Equal((lookups, hits, lookups - hits), (stats.Total, stats.Hits, stats.Misses));
        Assert.Equal((stored, deleted), (stats.Sets, stats.Deletes));
        Assert.True(stats.Evictions >= evicted);
        Assert.Equal(stats.Deletes + stats.Evictions, backend.RemovalCount);

        var recount = await Recount.OfAsync(backend);
        Assert.Equal((recount.Entries, recount.SizeBytes, recount.MemoryBytes), (stats.CurrentEntries, stats.CurrentSizeBytes, stats.MemoryBytes));
        Assert.True(recount.Entries <= (options.Capacity ?? long.MaxValue));
        Assert.True(recount.SizeBytes <= (options.MaxSizeBytes ?? long.MaxValue));
        Assert.True(recount.MemoryBytes <= (options.MaxMemoryBytes ?? long.MaxValue));
        Assert.InRange(recount.Entries, 1, 200);
    }

    [Fact]
    public async Task Versions_RacingWriters_LeaveTheHighest()
    {
        await using var backend = new InMemoryBackend();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(writer => Task.Run(() =>
        {
            for (var round = 0; round < 2000; round++)
            {
                var version = round * Threads + writer;
                backend.Set("k", BitConverter.GetBytes(version), SetOptions.IfNewer(version));
            }
        })));
        Assert.Equal(2000 * Threads - 1, BitConverter.ToInt32(backend.Get("k")!));
    }

    [Fact]
    public async Task SetIfAbsent_RacingWriters_StoreOnce()
    {
        await using var backend = new InMemoryBackend();
        var stored = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var key = 0; key < 500; key++)
            {
                if (backend.Set($"{key}", new byte[1], new SetOptions { Condition = SetCondition.IfAbsent }) == SetOutcome.Stored) Interlocked.Increment(ref stored);
            }
        })));
        Assert.Equal(500, stored);
    }
}
