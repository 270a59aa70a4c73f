using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>
/// Many more threads than processors, on few keys and little room, so that segments are used again all the time. Every value names its key and its length and
/// carries a checksum: whatever a lookup brings must prove itself. <c>CISTERN_TORTURE_SECONDS</c> says how long (default 2), <c>CISTERN_TORTURE_SEED</c> which run.
/// </summary>
[Collection(nameof(MeasuresTheHeap))]
public sealed class LogTortureTests
{
    private const int Threads = 16;
    private const int Keys = 3000;
    private const int HeadBytes = 16;
    private const int MostValueBytes = 6000;

    private long _wrong;
    private long _hits;

    public static TheoryData<string, InMemoryBackendOptions> Bounds() => new()
    {
        { "one shard", new InMemoryBackendOptions { MaxMemoryBytes = 200 * 1024 } },
        { "many shards", new InMemoryBackendOptions { MaxMemoryBytes = 20 * 1024 * 1024, Capacity = 2000 } },
        { "values of all lengths", new InMemoryBackendOptions { MaxSizeBytes = 1024 * 1024 } },
        { "nothing evicted", InMemoryBackendOptions.Unbounded },
    };

    [Theory]
    [MemberData(nameof(Bounds), DisableDiscoveryEnumeration = true)]
    public async Task Lookups_WhileEverythingChanges_BringWhatWasStored(string what, InMemoryBackendOptions options)
    {
        var seed = Number("CISTERN_TORTURE_SEED", 1);
        var seconds = Number("CISTERN_TORTURE_SECONDS", 2);
        var clock = new ManualTimeProvider();
        using var backend = new InMemoryBackend(options with { Eviction = EvictionMode.Adaptive, TimeProvider = clock });
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Threads).Select(number => Task.Factory.StartNew(
            () => Torture(backend, new Random(seed * 1000 + number), () => Stopwatch.GetElapsedTime(started).TotalSeconds < seconds),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        while (!Task.WhenAll(threads).IsCompleted)
        {
            var stats = await backend.GetStatsAsync();
            Assert.True(stats.CurrentEntries <= (options.Capacity ?? long.MaxValue), what);
            Assert.True(stats.CurrentSizeBytes <= (options.MaxSizeBytes ?? long.MaxValue), what);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await Task.WhenAll(threads);
        Assert.Equal((what, 0L), (what, Volatile.Read(ref _wrong)));
        Assert.True(_hits > 1000, $"{what}: {_hits} hits");
        Assert.Equal((await backend.GetStatsAsync()).CurrentEntries, await backend.KeysAsync().CountAsync());
        var held = await backend.GetStatsAsync();
        Assert.True(held.MemoryBytes <= (options.MaxMemoryBytes ?? long.MaxValue), $"{what}: {held.MemoryBytes} bytes");
    }

    // Fewer entries than shards: whoever sets finds nothing to evict in its own shard, and others at work in theirs.
    [Fact]
    public async Task Sets_OfLargeValuesByManyThreads_AreAllStored()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 16 * 1024 * 1024 });
        var value = new byte[8_000_000];
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    if (backend.Set($"key {(thread + i * 7) % 40}", value) != SetOutcome.Stored) Interlocked.Increment(ref refused);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(0, refused);
        Assert.InRange((await backend.GetStatsAsync()).CurrentSizeBytes ?? 0, 1, 16 * 1024 * 1024);
    }

    private void Torture(InMemoryBackend backend, Random random, Func<bool> goesOn)
    {
        var into = new byte[MostValueBytes];
        var value = new byte[MostValueBytes];
        var many = new byte[4 * MostValueBytes];
        var lookups = new BatchLookup[40];
        for (var round = 0; goesOn(); round++)
        {
            // Some keys are everybody's.
            var number = random.Next(4) == 0 ? random.Next(8) : random.Next(Keys);
            var key = KeyOf(number);
            switch (random.Next(21))
            {
                case 20:
                    LookUpMany(backend, random, many, lookups);
                    break;
                case < 7:
                    if (backend.TryGet(key, into, out var length) == LookupOutcome.Hit) Check(number, into.AsSpan(0, length));
                    break;
                case < 9:
                    if (backend.Get(key) is { } array) Check(number, array);
                    break;
                case < 11:
                    backend.TryRead(key, (Torturer: this, number, IsSlow: random.Next(20) == 0), static (span, state) =>
                    {
                        state.Torturer.Check(state.number, span);
                        if (!state.IsSlow) return;

                        // What is read in place stays as it is for as long as it is read.
                        Thread.Yield();
                        state.Torturer.Check(state.number, span);
                    });
                    break;
                case 11:
                    backend.Exists(key);
                    break;
                case < 18:
                    var made = Make(value, number, random);
                    backend.Set(key, made, random.Next(10) == 0 ? new SetOptions { TimeToLive = TimeSpan.FromMilliseconds(1 + random.Next(20)) } : null);
                    break;
                case 18:
                    backend.Delete(key);
                    break;
                default:
                    if (random.Next(2000) == 0) backend.ClearAsync().AsTask().Wait();
                    else if (random.Next(10) == 0) backend.EvictOne();
                    break;
            }
        }
    }

    // Of the lengths that lookups treat differently, and beyond ASCII.
    private static string KeyOf(int number) => (number % 7) switch
    {
        0 => $"ключ {number}",
        1 => $"{number}",
        2 => $"a key of more than thirty-two characters, number {number}",
        3 => $"key number {number}, longer",
        _ => $"key {number:d5}",
    };

    private void LookUpMany(InMemoryBackend backend, Random random, byte[] into, BatchLookup[] lookups)
    {
        var numbers = Enumerable.Range(0, random.Next(lookups.Length)).Select(_ => random.Next(Keys)).ToArray();
        backend.TryGetMany(numbers.Select(KeyOf).ToArray(), into, lookups);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (lookups[i].Outcome == LookupOutcome.Hit) Check(numbers[i], into.AsSpan(lookups[i].Offset, lookups[i].Length));
        }
    }

    private static ReadOnlyMemory<byte> Make(byte[] value, int number, Random random)
    {
        var length = HeadBytes + (random.Next(30) == 0 ? random.Next(MostValueBytes - HeadBytes) : random.Next(6) * 40);
        var bytes = value.AsSpan(0, length);
        bytes[HeadBytes..].Fill((byte)random.Next(256));
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], random.Next());
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Sum(bytes));
        return value.AsMemory(0, length);
    }

    private static uint Sum(ReadOnlySpan<byte> value)
    {
        var sum = 17u;
        foreach (var b in value[..12]) sum = sum * 31 + b;
        foreach (var b in value[HeadBytes..]) sum = sum * 31 + b;
        return sum;
    }

    private void Check(int number, ReadOnlySpan<byte> value)
    {
        Interlocked.Increment(ref _hits);
        var isRight = value.Length >= HeadBytes
            && BinaryPrimitives.ReadInt32LittleEndian(value) == number
            && BinaryPrimitives.ReadInt32LittleEndian(value[4..]) == value.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(value[12..]) == Sum(value);
        if (!isRight) Interlocked.Increment(ref _wrong);
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
