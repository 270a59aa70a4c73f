using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>Random operations with fixed seeds: after each of them no bound is exceeded and the statistics agree with a recount.</summary>
public sealed class RandomOperationTests
{
    private const int Operations = 3000;

    private readonly ManualTimeProvider _clock = new();

    public static TheoryData<int, InMemoryBackendOptions> Bounds() => new()
    {
        { 1, new InMemoryBackendOptions { Capacity = 7 } },
        { 2, new InMemoryBackendOptions { MaxSizeBytes = 120 } },
        { 3, new InMemoryBackendOptions { MaxMemoryBytes = 4000 } },
        { 4, new InMemoryBackendOptions { Capacity = 9, MaxSizeBytes = 150, MaxMemoryBytes = 3000 } },
        { 5, new InMemoryBackendOptions { Capacity = 9, MaxSizeBytes = 150, MaxMemoryBytes = 3000, Eviction = EvictionMode.OldestAdded } },
        { 6, new InMemoryBackendOptions { Capacity = 1, MaxSizeBytes = 1 } },
        { 7, new InMemoryBackendOptions { MaxMemoryBytes = 300 } },
        { 8, InMemoryBackendOptions.Unbounded with { Eviction = EvictionMode.Lru } },
    };

    [Theory]
    [MemberData(nameof(Bounds), DisableDiscoveryEnumeration = true)]
    public async Task Operations_AtEveryMoment_StayWithinTheBoundsAndAddUp(int seed, InMemoryBackendOptions options)
    {
        var random = new Random(seed);
        await using var backend = new InMemoryBackend(options with { TimeProvider = _clock, MaxValueBytes = 90, TombstoneRetention = TimeSpan.FromMilliseconds(40) });
        for (var step = 0; step < Operations; step++)
        {
            await OperateAsync(backend, random);
            var stats = await backend.GetStatsAsync();
            var moment = $"seed {seed}, step {step}";
            Assert.True(stats.CurrentEntries <= (options.Capacity ?? long.MaxValue), moment);
            Assert.True(stats.CurrentSizeBytes <= (options.MaxSizeBytes ?? long.MaxValue), moment);
            Assert.True(stats.MemoryBytes <= (options.MaxMemoryBytes ?? long.MaxValue), moment);

            var recount = await Recount.OfAsync(backend);
            Assert.Equal((moment, recount.Entries, recount.SizeBytes), (moment, stats.CurrentEntries, stats.CurrentSizeBytes));
            var tombstones = stats.MemoryBytes - recount.MemoryBytes;
            Assert.True(tombstones >= 0 && tombstones <= (options.MaxMemoryBytes / 4 ?? long.MaxValue), moment);
        }

        // Without tombstones, and with everything that had a TTL gone, what is left adds up to the byte.
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((await Recount.OfAsync(backend)).MemoryBytes, (await backend.GetStatsAsync()).MemoryBytes);
        await backend.ClearAsync();
        var empty = await backend.GetStatsAsync();
        Assert.Equal((0L, 0L, 0L), (empty.CurrentEntries, empty.CurrentSizeBytes, empty.MemoryBytes));
    }

    private async ValueTask OperateAsync(InMemoryBackend backend, Random random)
    {
        string Key() => new('k', 1 + random.Next(24));
        ReadOnlyMemory<byte> Value() => new byte[random.Next(100)];
        switch (random.Next(20))
        {
            case < 6: backend.Set(Key(), Value(), Options(random)); break;
            case < 8: await backend.SetManyAsync(Enumerable.Range(0, random.Next(5)).Select(_ => new SetRequest(Key(), Value(), Options(random)))); break;
            case < 10: backend.Get(Key()); break;
            case 10: await backend.GetManyAsync([Key(), Key(), Key()]); break;
            case 11: backend.Delete(Key()); break;
            case 12 or 13: backend.Delete(Key(), random.Next(50)); break;
            case 14: await backend.DeleteManyAsync([Key(), Key()]); break;
            case 15: await backend.TouchAsync(Key(), random.Next(3) == 0 ? null : TimeSpan.FromMilliseconds(1 + random.Next(30))); break;
            case 16: backend.EvictOne(); break;
            case 17 or 18: _clock.Advance(TimeSpan.FromMilliseconds(random.Next(8))); break;
            default:
                if (random.Next(20) == 0) await backend.ClearAsync();
                break;
        }
    }

    private SetOptions Options(Random random)
    {
        var options = random.Next(3) == 0 ? SetOptions.IfNewer(random.Next(50)) : new SetOptions { Condition = (SetCondition)random.Next(2) };
        return options with
        {
            TimeToLive = random.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(1 + random.Next(40)),
            AbsoluteExpiration = random.Next(4) == 0 ? _clock.GetUtcNow().AddMilliseconds(1 + random.Next(40)) : null,
            Metadata = random.Next(4) == 0 ? new Dictionary<string, string> { ["n"] = new('m', random.Next(40)) } : null,
        };
    }
}
