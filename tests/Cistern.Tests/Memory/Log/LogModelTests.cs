using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>
/// Random operations with fixed seeds on the engine over logs, and on a dictionary beside it: whatever is there is what the dictionary says, nothing that was never
/// evicted is missing, no bound is exceeded, and the account of every byte agrees with a recount.
/// </summary>
public sealed class LogModelTests
{
    private const int Operations = 20_000;
    private const long Kilobyte = 1024;
    private const long UncountedBytesOfAShard = 4 * Kilobyte;

    private readonly ManualTimeProvider _clock = new();
    private readonly Dictionary<string, Expected> _model = [];

    public static TheoryData<int, InMemoryBackendOptions> Bounds()
    {
        var rows = new TheoryData<int, InMemoryBackendOptions>();
        foreach (var eviction in new[] { EvictionMode.S3Fifo, EvictionMode.TinyLfu, EvictionMode.Adaptive })
        {
            foreach (var row in EachBound()) rows.Add(row.Data.Item1 + 100 * (int)eviction, row.Data.Item2 with { Eviction = eviction });
        }

        return rows;
    }

    private static TheoryData<int, InMemoryBackendOptions> EachBound() => new()
    {
        { 1, new InMemoryBackendOptions { Capacity = 7 } },
        { 2, new InMemoryBackendOptions { Capacity = 300 } },
        { 3, new InMemoryBackendOptions { MaxSizeBytes = 5000 } },
        { 4, new InMemoryBackendOptions { MaxMemoryBytes = 3000 } },
        { 5, new InMemoryBackendOptions { MaxMemoryBytes = 64 * Kilobyte } },
        { 6, new InMemoryBackendOptions { Capacity = 200, MaxSizeBytes = 16 * Kilobyte, MaxMemoryBytes = 40 * Kilobyte } },
        { 7, new InMemoryBackendOptions { Capacity = 1, MaxSizeBytes = 1 } },
        { 8, new InMemoryBackendOptions { MaxMemoryBytes = 700 } },
        { 9, InMemoryBackendOptions.Unbounded },
        { 10, new InMemoryBackendOptions { MaxMemoryBytes = 4096 * Kilobyte } },
        { 11, new InMemoryBackendOptions { MaxSizeBytes = 16 * Kilobyte * Kilobyte, Capacity = 350 } },
    };

    [Theory]
    [MemberData(nameof(Bounds), DisableDiscoveryEnumeration = true)]
    public async Task Operations_AtEveryMoment_AgreeWithADictionary(int seed, InMemoryBackendOptions options)
    {
        var random = new Random(seed);
        await using var backend = new InMemoryBackend(options with
        {
            TimeProvider = _clock,
            MaxValueBytes = 3000,
            TombstoneRetention = TimeSpan.FromMilliseconds(40),
        });
        var mostUncounted = UncountedBytesOfAShard * LogLayout.For(options).Shards;
        var uncounted = HeapSize.OfEngine(backend) - ((await backend.GetStatsAsync()).MemoryBytes ?? 0);
        for (var step = 0; step < Operations; step++)
        {
            var moment = $"seed {seed}, step {step}";
            await OperateAsync(backend, random, moment);
            if (step % 50 != 0) continue;
            var stats = await backend.GetStatsAsync();
            Assert.True(stats.CurrentEntries <= (options.Capacity ?? long.MaxValue), moment);
            Assert.True(stats.CurrentSizeBytes <= (options.MaxSizeBytes ?? long.MaxValue), moment);
            Assert.True(stats.MemoryBytes <= (options.MaxMemoryBytes ?? long.MaxValue), moment);
            await CompareAsync(backend, stats, options.IsUnbounded, moment);
            if (step % 1000 != 0) continue;

            // Beyond the account are only the objects that hold the rest together, which do not grow with what is held.
            Assert.InRange(HeapSize.OfEngine(backend) - (stats.MemoryBytes ?? 0) - uncounted, -mostUncounted, mostUncounted);
        }
    }

    private async Task CompareAsync(InMemoryBackend backend, CacheStats stats, bool isUnbounded, string moment)
    {
        var (entries, size) = (0L, 0L);
        await foreach (var key in backend.KeysAsync())
        {
            var entry = await backend.GetEntryAsync(key);
            Assert.NotNull(entry);
            Assert.True(_model.TryGetValue(key, out var expected), moment + " has " + key);
            expected.Check(entry, moment);
            entries++;
            size += entry.SizeBytes;
        }

        Assert.Equal((moment, entries, size), (moment, stats.CurrentEntries, stats.CurrentSizeBytes));
        if (isUnbounded) Assert.Equal((moment, _model.Values.Count(expected => expected.IsLive(Now))), (moment, (int)entries));
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private async ValueTask OperateAsync(InMemoryBackend backend, Random random, string moment)
    {
        var key = Key(random);
        switch (random.Next(24))
        {
            case < 9: Set(backend, random, key); break;
            case < 14: Read(backend, key, moment); break;
            case < 17: Delete(backend, key, random); break;
            case 17: Touch(backend, key, random.Next(3) == 0 ? null : 1 + random.Next(60)); break;
            case 18: await SetManyAsync(backend, [Request(random), Request(random), Request(random)]); break;
            case 19: if (backend.EvictOne() is { } evicted) Assert.True(_model.Remove(evicted), moment); break;
            case 20 or 21: _clock.Advance(TimeSpan.FromMilliseconds(random.Next(8))); break;
            case 22: Read(backend, key, moment); break;
            default:
                if (random.Next(400) != 0) break;
                await backend.ClearAsync();
                _model.Clear();
                break;
        }
    }

    private static SetRequest Request(Random random) => new(Key(random), Value(random));

    private async ValueTask SetManyAsync(InMemoryBackend backend, SetRequest[] requests)
    {
        var outcomes = await backend.SetManyAsync(requests);
        for (var i = 0; i < requests.Length; i++)
        {
            if (outcomes[i] == SetOutcome.Stored) _model[requests[i].Key] = new Expected(requests[i].Value.ToArray(), null, null, null);
        }
    }

    private void Set(InMemoryBackend backend, Random random, string key)
    {
        var value = Value(random);
        var metadata = random.Next(6) == 0 ? new Dictionary<string, string> { ["name"] = new('m', random.Next(100)) } : null;
        int? ttl = random.Next(3) == 0 ? 1 + random.Next(60) : null;
        long? version = random.Next(5) == 0 ? random.Next(1000) : null;
        var options = (version is { } given ? SetOptions.IfNewer(given) : new SetOptions()) with { TimeToLive = ttl is { } time ? TimeSpan.FromMilliseconds(time) : null, Metadata = metadata };
        var outcome = backend.Set(key, value, options);
        if (outcome == SetOutcome.Stored) _model[key] = new Expected(value, ttl is null ? null : Now + ttl, version, metadata?["name"]);
    }

    private void Read(InMemoryBackend backend, string key, string moment)
    {
        var into = new byte[3000];
        var outcome = backend.TryGet(key, into, out var length);
        if (outcome == LookupOutcome.Miss) return;
        Assert.True(_model.TryGetValue(key, out var expected) && expected.IsLive(Now), moment);
        Assert.True(expected.Value.AsSpan().SequenceEqual(into.AsSpan(0, length)), moment);
    }

    private void Delete(InMemoryBackend backend, string key, Random random)
    {
        if (random.Next(3) == 0)
        {
            var version = random.Next(1000);
            if (backend.Delete(key, version) || !backend.Exists(key)) _model.Remove(key);
            return;
        }

        backend.Delete(key);
        _model.Remove(key);
    }

    private void Touch(InMemoryBackend backend, string key, int? ttl)
    {
        if (!backend.TouchAsync(key, ttl is { } time ? TimeSpan.FromMilliseconds(time) : null).AsTask().GetAwaiter().GetResult()) return;
        _model[key] = _model[key] with { End = ttl is null ? null : Now + ttl };
    }

    // Few keys, long ones and short ones, some beyond ASCII.
    private static string Key(Random random)
    {
        var number = random.Next(400);
        return (number % 10) switch
        {
            0 => $"ключ:{number}",
            1 => new string('k', 200 + number),
            _ => $"key:{number}",
        };
    }

    private static byte[] Value(Random random)
    {
        var value = new byte[random.Next(20) == 0 ? random.Next(3000) : random.Next(8) * 16];
        random.NextBytes(value);
        return value;
    }

    private sealed record Expected(byte[] Value, long? End, long? Version, string? Name)
    {
        public bool IsLive(long now) => End is null || now < End;

        public void Check(CacheEntry entry, string moment)
        {
            Assert.True(entry.Value.Span.SequenceEqual(Value), moment);
            Assert.Equal((moment, End, Version, Name), (moment, entry.ExpiresAt?.ToUnixTimeMilliseconds(), entry.Version, entry.Metadata.GetValueOrDefault("name")));
        }
    }
}
