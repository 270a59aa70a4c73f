using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>Entries whose time is over: gone at the instant, removed and counted once, by whatever comes along first.</summary>
public sealed class ExpirationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();

    private InMemoryBackend Create(long? capacity = null) =>
        new(new InMemoryBackendOptions { Capacity = capacity, IsUnbounded = capacity is null, TimeProvider = _clock });

    private static void Set(InMemoryBackend backend, string key, TimeSpan? timeToLive) => backend.Set(key, new byte[1], new SetOptions { TimeToLive = timeToLive });

    [Fact]
    public void Get_AtTheInstant_IsAMissAndAMillisecondBeforeAHit()
    {
        using var backend = Create();
        Set(backend, "a", Second);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.NotNull(backend.Get("a"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(backend.Get("a"));
    }

    [Fact]
    public void Get_TtlBelowAMillisecond_LivesForOne()
    {
        using var backend = Create();
        Set(backend, "a", TimeSpan.FromTicks(1));
        Assert.NotNull(backend.Get("a"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(backend.Get("a"));
    }

    public static TheoryData<string, Func<InMemoryBackend, ValueTask>> WhatComesAlong() => new()
    {
        { "get", backend => { backend.Get("a"); return default; } },
        { "get another", backend => { backend.Get("live"); return default; } },
        { "get many", async backend => await backend.GetManyAsync(["a", "b"]) },
        { "exists", backend => { backend.Exists("a"); return default; } },
        { "get entry", async backend => await backend.GetEntryAsync("b") },
        { "set over it", backend => { backend.Set("a", new byte[2]); return default; } },
        { "delete", backend => { backend.Delete("a"); return default; } },
        { "touch", async backend => await backend.TouchAsync("a", null) },
        { "keys", async backend => await backend.KeysAsync().CountAsync() },
        { "removal count", backend => { _ = backend.RemovalCount; return default; } },
        { "nothing but the statistics", _ => default },
    };

    [Theory]
    [MemberData(nameof(WhatComesAlong), DisableDiscoveryEnumeration = true)]
    public async Task Expirations_WhoeverComesFirst_AreCountedOnceAndAsNothingElse(string what, Func<InMemoryBackend, ValueTask> operation)
    {
        using var backend = Create();
        Set(backend, "a", Second);
        Set(backend, "b", Second);
        Set(backend, "live", null);
        _clock.Advance(Second);
        await operation(backend);
        await operation(backend);
        var stats = await backend.GetStatsAsync();
        Assert.Equal((what, 2L, 0L, 0), (what, stats.Expirations, stats.Evictions, stats.Deletes));
    }

    [Fact]
    public async Task Set_AtCapacity_TakesTheRoomOfExpiredEntriesBeforeEvicting()
    {
        using var backend = Create(capacity: 3);
        Set(backend, "a", null);
        Set(backend, "b", Second);
        Set(backend, "c", Second);
        _clock.Advance(Second);
        Set(backend, "d", null);
        Set(backend, "e", null);
        Assert.Equal("a d e", await Recount.KeysOfAsync(backend));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((0L, 2L), (stats.Evictions, stats.Expirations));
    }

    [Fact]
    public async Task Set_OverAnExpiredEntry_CountsAsAdded()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 2, Eviction = EvictionMode.OldestAdded, TimeProvider = _clock });
        Set(backend, "a", Second);
        Set(backend, "b", null);
        _clock.Advance(Second);
        Set(backend, "a", null);
        Assert.Equal("b", backend.EvictOne());
        Assert.Equal(1, (await backend.GetStatsAsync()).Expirations);
    }

    [Fact]
    public void Set_WithoutTtlOverOneWithATtl_LivesOn()
    {
        using var backend = Create();
        Set(backend, "a", Second);
        Set(backend, "a", null);
        _clock.Advance(TimeSpan.FromDays(1000));
        Assert.NotNull(backend.Get("a"));
    }

    [Fact]
    public async Task Set_AnotherTtl_MovesTheEndBothWays()
    {
        using var backend = Create();
        Set(backend, "later", Second);
        Set(backend, "sooner", 3 * Second);
        Set(backend, "later", 3 * Second);
        Set(backend, "sooner", Second);
        _clock.Advance(2 * Second);
        Assert.Equal("later", await Recount.KeysOfAsync(backend));
        _clock.Advance(Second);
        Assert.Equal("", await Recount.KeysOfAsync(backend));
    }

    [Fact]
    public async Task Touch_LongerThanTheAbsoluteEnd_IsCapped()
    {
        using var backend = Create();
        var end = _clock.GetUtcNow() + 5 * Second;
        backend.Set("a", new byte[1], new SetOptions { TimeToLive = Second, AbsoluteExpiration = end });
        Assert.True(await backend.TouchAsync("a", TimeSpan.FromHours(1)));
        Assert.Equal(end, (await backend.GetEntryAsync("a"))!.ExpiresAt);
        Assert.True(await backend.TouchAsync("a", null));
        var entry = (await backend.GetEntryAsync("a"))!;
        Assert.Equal((end, end), (entry.ExpiresAt, entry.AbsoluteExpiration));
        _clock.Advance(5 * Second);
        Assert.False(await backend.TouchAsync("a", Second));
    }

    [Fact]
    public async Task Touch_WithNull_TakesTheTtlAway()
    {
        using var backend = Create();
        Set(backend, "a", Second);
        Assert.True(await backend.TouchAsync("a", null));
        Assert.Null((await backend.GetEntryAsync("a"))!.ExpiresAt);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.True(backend.Exists("a"));
    }

    [Fact]
    public async Task Set_TtlBeyondTheEndOfTime_EndsThere()
    {
        using var backend = Create();
        Set(backend, "a", TimeSpan.MaxValue);
        Assert.Equal(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(), (await backend.GetEntryAsync("a"))!.ExpiresAt!.Value.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void ClockGoingBack_AnEntryRemovedMeanwhile_StaysAway()
    {
        using var backend = Create();
        Set(backend, "a", Second);
        var start = _clock.GetUtcNow();
        _clock.Advance(Second);
        Assert.False(backend.Exists("a"));
        _clock.SetUtcNow(start);
        Assert.False(backend.Exists("a"));
    }
}
