using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>Entries that leave: by eviction on demand, and the count of all who left.</summary>
public sealed class RemovalTests
{
    private readonly ManualTimeProvider _clock = new();

    private InMemoryBackend Create(long? capacity = null) =>
        new(new InMemoryBackendOptions { Capacity = capacity, IsUnbounded = capacity is null, TimeProvider = _clock });

    private static InMemoryBackend With(InMemoryBackend backend, params string[] keys)
    {
        foreach (var key in keys) backend.Set(key, new byte[1]);
        return backend;
    }

    [Fact]
    public async Task EvictOne_EvictsTheFirstOfTheOrderAndCounts()
    {
        using var backend = With(new InMemoryBackend(new InMemoryBackendOptions { Eviction = EvictionMode.Lru }), "a", "b");
        backend.Get("a");
        Assert.Equal("b", backend.EvictOne());
        Assert.Equal("a", backend.EvictOne());
        Assert.Null(backend.EvictOne());
        var stats = await backend.GetStatsAsync();
        Assert.Equal((2L, 0L, 0), (stats.Evictions, stats.CurrentEntries, stats.Deletes));
    }

    [Fact]
    public async Task EvictOne_ExpiredEntries_AreNotItsVictims()
    {
        using var backend = Create();
        backend.Set("old", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromSeconds(1) });
        With(backend, "live");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("live", backend.EvictOne());
        var stats = await backend.GetStatsAsync();
        Assert.Equal((1L, 1L), (stats.Evictions, stats.Expirations));
    }

    [Fact]
    public void EvictOne_Disposed_Throws()
    {
        var backend = Create();
        backend.Dispose();
        Assert.Throws<ObjectDisposedException>(backend.EvictOne);
    }

    public static TheoryData<string, long, Func<InMemoryBackend, ManualTimeProvider, ValueTask>> WaysOut() => new()
    {
        { "delete", 1, (backend, _) => { backend.Delete("a"); return default; } },
        { "delete by version", 1, async (backend, _) => await backend.DeleteAsync("a", 7) },
        { "delete many", 2, async (backend, _) => await backend.DeleteManyAsync(["a", "b", "nothing"]) },
        { "clear", 3, async (backend, _) => await backend.ClearAsync() },
        { "evict", 1, (backend, _) => { backend.EvictOne(); return default; } },
        { "room for another", 1, (backend, _) => { backend.Set("d", new byte[1]); return default; } },
        { "expire, without any lookup", 1, (_, clock) => { clock.Advance(TimeSpan.FromSeconds(10)); return default; } },
        { "nothing", 0, (_, _) => default },
        { "overwrite", 0, (backend, _) => { backend.Set("a", new byte[9]); return default; } },
        { "overwrite many", 0, async (backend, _) => await backend.SetManyAsync([new SetRequest("a", new byte[9]), new SetRequest("b", new byte[9])]) },
        { "a refused set", 0, (backend, _) => { backend.Set("a", new byte[9], new SetOptions { Condition = SetCondition.IfAbsent }); return default; } },
        { "touch", 0, async (backend, _) => await backend.TouchAsync("a", TimeSpan.FromHours(1)) },
        { "a miss", 0, (backend, _) => { backend.Get("nothing"); return default; } },
        { "delete of nothing", 0, (backend, _) => { backend.Delete("nothing"); return default; } },
        { "tombstone for nothing", 0, async (backend, _) => await backend.DeleteAsync("nothing", 1) },
        { "statistics reset", 0, (backend, _) => { backend.ResetStats(); return default; } },
    };

    [Theory]
    [MemberData(nameof(WaysOut), DisableDiscoveryEnumeration = true)]
    public async Task RemovalCount_EachWayOut_CountsTheEntriesThatLeft(string what, long left, Func<InMemoryBackend, ManualTimeProvider, ValueTask> operation)
    {
        using var backend = With(Create(capacity: 3), "a", "b");
        backend.Set("c", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromSeconds(10) });
        Assert.Equal(0, backend.RemovalCount);
        await operation(backend, _clock);
        Assert.Equal((what, left), (what, backend.RemovalCount));
        Assert.Equal((what, left), (what, backend.RemovalCount));
    }

    [Fact]
    public async Task Clear_ExpiredEntries_AreNotCountedAsRemovedByIt()
    {
        using var backend = With(Create(), "a", "b");
        backend.Set("old", new byte[1], new SetOptions { TimeToLive = TimeSpan.FromSeconds(1) });
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await backend.ClearAsync());
        var stats = await backend.GetStatsAsync();
        Assert.Equal((1L, 0, 0L), (stats.Expirations, stats.Deletes, stats.Evictions));
        Assert.Equal(0, await backend.ClearAsync());
    }

    [Fact]
    public async Task Clear_ThenSet_StartsAFreshOrder()
    {
        using var backend = With(Create(capacity: 2), "a", "b");
        await backend.ClearAsync();
        With(backend, "c", "d", "e");
        Assert.Equal("d e", await Recount.KeysOfAsync(backend));
    }
}
