using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>The versions of deleted keys: what they keep out, for how long, and in how much memory.</summary>
public sealed class TombstoneTests
{
    private static readonly byte[] Value = [1];

    private readonly ManualTimeProvider _clock = new();

    private InMemoryBackend Create(long? maxMemory = null) => new(new InMemoryBackendOptions
    {
        Eviction = EvictionMode.Lru,
        MaxMemoryBytes = maxMemory,
        IsUnbounded = maxMemory is null,
        TombstoneRetention = TimeSpan.FromSeconds(10),
        TimeProvider = _clock,
    });

    [Theory]
    [InlineData(4, SetOutcome.Superseded)]
    [InlineData(5, SetOutcome.Superseded)]
    [InlineData(6, SetOutcome.Stored)]
    public void Tombstone_OfAVersion_KeepsItAndOlderOnesOut(long version, SetOutcome outcome)
    {
        using var backend = Create();
        Assert.False(backend.Delete("a", 5));
        Assert.Equal(outcome, backend.Set("a", Value, SetOptions.IfNewer(version)));
    }

    [Fact]
    public void Tombstone_LeftByAnOlderDelete_KeepsTheHighestVersion()
    {
        using var backend = Create();
        backend.Delete("a", 9);
        backend.Delete("a", 3);
        Assert.Equal(SetOutcome.Superseded, backend.Set("a", Value, SetOptions.IfNewer(9)));
    }

    [Fact]
    public void Delete_OlderThanTheEntry_ChangesNothing()
    {
        using var backend = Create();
        backend.Set("a", Value, SetOptions.IfNewer(5));
        Assert.False(backend.Delete("a", 4));
        Assert.True(backend.Exists("a"));
        Assert.True(backend.Delete("a", 5));
        Assert.Equal(SetOutcome.Superseded, backend.Set("a", Value, SetOptions.IfNewer(5)));
    }

    [Fact]
    public void Versions_Beyond53Bits_AreComparedExactly()
    {
        using var backend = Create();
        backend.Delete("a", 638993664000000001);
        Assert.Equal(SetOutcome.Stored, backend.Set("a", Value, SetOptions.IfNewer(638993664000000002)));
        Assert.Equal(SetOutcome.Superseded, backend.Set("a", Value, SetOptions.IfNewer(638993664000000001)));
        Assert.Equal(SetOutcome.AlreadyCurrent, backend.Set("a", Value, SetOptions.IfNewer(638993664000000002)));
        Assert.True(backend.Delete("b", long.MinValue) is false && backend.Set("b", Value, SetOptions.IfNewer(long.MinValue)) == SetOutcome.Superseded);
    }

    [Fact]
    public async Task Tombstone_AfterItsTime_IsForgottenAndItsMemoryFree()
    {
        using var backend = Create();
        backend.Delete("a", 5);
        Assert.Equal(MemoryCost.OfTombstone(1), (await backend.GetStatsAsync()).MemoryBytes);
        _clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.Equal(SetOutcome.Superseded, backend.Set("a", Value, SetOptions.IfNewer(5)));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, (await backend.GetStatsAsync()).MemoryBytes);
        Assert.Equal(SetOutcome.Stored, backend.Set("a", Value, SetOptions.IfNewer(5)));
    }

    [Fact]
    public void Tombstone_LeftAgain_LivesItsFullTimeFromThen()
    {
        using var backend = Create();
        backend.Delete("a", 5);
        _clock.Advance(TimeSpan.FromSeconds(9));
        backend.Delete("a", 2);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(SetOutcome.Superseded, backend.Set("a", Value, SetOptions.IfNewer(5)));
    }

    public static TheoryData<string, Func<InMemoryBackend, ValueTask>, SetOutcome> WhatHappensToIt() => new()
    {
        { "clear", async backend => await backend.ClearAsync(), SetOutcome.Superseded },
        { "a set refused by it", backend => { backend.Set("a", Value, SetOptions.IfNewer(1)); return default; }, SetOutcome.Superseded },
        { "a plain delete", backend => { backend.Delete("a"); return default; }, SetOutcome.Stored },
        { "a plain delete of many", async backend => await backend.DeleteManyAsync(["a"]), SetOutcome.Stored },
        { "a plain set and delete", backend => { backend.Set("a", Value); backend.Delete("a"); return default; }, SetOutcome.Stored },
        { "a plain set", backend => { backend.Set("a", Value); return default; }, SetOutcome.Stored },
        { "a set if absent", backend => { Assert.Equal(SetOutcome.Stored, backend.Set("a", Value, new SetOptions { Condition = SetCondition.IfAbsent })); return default; }, SetOutcome.Stored },
    };

    [Theory]
    [MemberData(nameof(WhatHappensToIt), DisableDiscoveryEnumeration = true)]
    public async Task Tombstone_WhatHappensToIt_KeepsOrClearsIt(string what, Func<InMemoryBackend, ValueTask> operation, SetOutcome outcome)
    {
        using var backend = Create();
        backend.Delete("a", 5);
        await operation(backend);
        Assert.Equal((what, outcome), (what, backend.Set("a", Value, SetOptions.IfNewer(3))));
    }

    [Fact]
    public void NewerVersion_StoredOverATombstone_TakesItsPlace()
    {
        using var backend = Create();
        backend.Delete("a", 5);
        backend.Set("a", Value, SetOptions.IfNewer(6));
        backend.EvictOne();
        Assert.Equal(SetOutcome.Stored, backend.Set("a", Value, SetOptions.IfNewer(2)));
    }

    [Fact]
    public async Task Memory_OfManyTombstones_IsAtMostAQuarterAndTheOldestAreForgotten()
    {
        var one = MemoryCost.OfTombstone(2);
        using var backend = Create(maxMemory: 4 * 10 * one);
        for (var i = 10; i < 35; i++)
        {
            backend.Delete($"{i}", 5);
            Assert.True((await backend.GetStatsAsync()).MemoryBytes <= 10 * one);
        }

        for (var i = 10; i < 35; i++) Assert.Equal(i < 25 ? SetOutcome.Stored : SetOutcome.Superseded, backend.Set($"{i}", Value, SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Memory_TombstonesAndEntries_ShareTheBound()
    {
        const long max = 8000;
        using var backend = Create(max);
        for (var i = 0; i < 100; i++) backend.Set($"e{i}", new byte[50]);
        for (var i = 0; i < 100; i++)
        {
            backend.Delete($"t{i}", 1);
            Assert.True((await backend.GetStatsAsync()).MemoryBytes <= max);
        }

        var stats = await backend.GetStatsAsync();
        Assert.True(stats.MemoryBytes - (await Recount.OfAsync(backend)).MemoryBytes <= max / 4);
        Assert.True(stats.CurrentEntries > 0);
    }

    [Fact]
    public void Tombstone_LargerThanItsShare_IsNotKept()
    {
        using var backend = Create(maxMemory: 2000);
        Assert.False(backend.Delete(new string('k', 400), 5));
        Assert.Equal(SetOutcome.Stored, backend.Set(new string('k', 400), Value, SetOptions.IfNewer(1)));
    }

    [Fact]
    public async Task Tombstone_ThatTakesTheRoomOfOthersOrIsNotKept_EvictsNothing()
    {
        const long max = 8000;
        using var backend = Create(max);
        for (var i = 100; i < 200; i++) backend.Delete($"{i}", 1);
        for (var i = 100; i < 200; i++) backend.Set($"e{i}", new byte[i % 8]);
        var evictions = (await backend.GetStatsAsync()).Evictions;
        for (var i = 200; i < 300; i++) backend.Delete($"{i}", 1);
        backend.Delete(new string('k', 2000), 1);
        Assert.Equal(evictions, (await backend.GetStatsAsync()).Evictions);
    }
}
