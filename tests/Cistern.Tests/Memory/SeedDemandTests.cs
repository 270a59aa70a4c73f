using System.Text;
using Cistern.Testing;

namespace Cistern.Tests.Memory;

/// <summary>What seed 004 asks of a backend in memory, in its own order.</summary>
public sealed class SeedDemandTests
{
    [Fact]
    public async Task ValidationExample_WithAClockInsteadOfASleep_GivesWhatTheSeedExpects()
    {
        var clock = new ManualTimeProvider();
        await using var cache = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 1024 * 1024, TimeProvider = clock });

        await cache.SetAsync("key1", "hello world"u8.ToArray(), TimeSpan.FromSeconds(60));
        Assert.Equal("hello world", await cache.GetStringAsync("key1"));

        await cache.SetAsync("temp", "expires soon"u8.ToArray(), TimeSpan.FromSeconds(1));
        Assert.True(await cache.ExistsAsync("temp"));
        clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(await cache.ExistsAsync("temp"));

        var stats = await cache.GetStatsAsync();
        Assert.Equal("1.00", $"{stats.HitRate:0.00}");
        Assert.Equal(11.0 / (1024 * 1024), stats.Utilization);
    }

    [Fact]
    public async Task LruEviction_WhatWasJustRead_SurvivesAndTheOldestUnreadGoes()
    {
        // A bound of 100 bytes of values: two of 40 fit, the third needs room.
        await using var cache = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 100 });
        cache.Set("key1", new byte[40]);
        cache.Set("key2", new byte[40]);
        Assert.Equal(2, (await cache.GetStatsAsync()).CurrentEntries);

        Assert.NotNull(cache.Get("key1"));
        cache.Set("key3", new byte[40]);

        Assert.Equal((true, false, true), (cache.Exists("key1"), cache.Exists("key2"), cache.Exists("key3")));
        Assert.Equal(1, (await cache.GetStatsAsync()).Evictions);
    }

    [Fact]
    public async Task BasicOperations_SetGetDeleteExistsClear_DoAsTheSeedSays()
    {
        await using var cache = new InMemoryBackend();
        Assert.Equal(SetOutcome.Stored, await cache.SetAsync("k", "v"u8.ToArray()));
        Assert.Equal("v"u8.ToArray(), await cache.GetAsync("k"));
        Assert.True(await cache.ExistsAsync("k"));
        Assert.True(await cache.DeleteAsync("k"));
        Assert.False(await cache.DeleteAsync("k"));
        Assert.Null(await cache.GetAsync("k"));
        await cache.SetAsync("x", "1"u8.ToArray());
        await cache.SetAsync("y", "2"u8.ToArray());
        Assert.Equal(2, await cache.ClearAsync());
        Assert.False(await cache.ExistsAsync("x"));
    }

    [Fact]
    public async Task EntryProperties_WithTtl_TellExpiryAndTimeLeft()
    {
        var clock = new ManualTimeProvider();
        await using var cache = new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = clock });
        await cache.SetAsync("k", "value"u8.ToArray(), TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(4));
        var entry = await cache.GetEntryAsync("k");
        Assert.NotNull(entry);
        Assert.Equal((5, false, TimeSpan.FromSeconds(6)), (entry.SizeBytes, entry.IsExpired(clock.GetUtcNow()), entry.TimeToLiveRemaining(clock.GetUtcNow())));
        Assert.Equal(clock.GetUtcNow() - TimeSpan.FromSeconds(4), entry.CreatedAt);
    }

    [Fact]
    public async Task Statistics_AfterSomeOfEverything_AreExactAndReset()
    {
        await using var cache = new InMemoryBackend(new InMemoryBackendOptions { MaxSizeBytes = 10 });
        cache.Set("a", new byte[4]);
        cache.Set("b", new byte[4]);
        cache.Get("a");
        cache.Get("a");
        cache.Get("nothing");
        cache.Delete("b");
        var stats = await cache.GetStatsAsync();
        Assert.Equal((2, 1, 3, 2, 1), (stats.Hits, stats.Misses, stats.Total, stats.Sets, stats.Deletes));
        Assert.Equal((2.0 / 3, 1.0 / 3, 0.4), (stats.HitRate, stats.MissRate, stats.Utilization));

        cache.ResetStats();
        stats = await cache.GetStatsAsync();
        Assert.Equal((0, 0, 0, 0, 0L), (stats.Hits, stats.Misses, stats.Sets, stats.Deletes, stats.Evictions));
        Assert.Equal((1L, 4L), (stats.CurrentEntries, stats.CurrentSizeBytes));
    }

    [Fact]
    public async Task BatchOperations_GetSetDeleteMany_HandleSeveralKeys()
    {
        await using var cache = new InMemoryBackend();
        await cache.SetManyAsync(Enumerable.Range(0, 3).Select(i => new SetRequest($"k{i}", Encoding.UTF8.GetBytes($"v{i}"))));
        var found = await cache.GetManyAsync(["k0", "k2", "k9"]);
        Assert.Equal(["k0", "k2"], found.Keys.Order());
        Assert.Equal(2, await cache.DeleteManyAsync(["k0", "k1", "k9"]));
        Assert.Equal("k2", await Recount.KeysOfAsync(cache));
    }

    [Fact]
    public async Task PatternMatching_Glob_ListsTheMatchingKeys()
    {
        await using var cache = new InMemoryBackend();
        foreach (var key in new[] { "user:1", "user:2", "order:1" }) cache.Set(key, new byte[1]);
        Assert.Equal(["user:1", "user:2"], await cache.KeysAsync("user:*").Order().ToListAsync());
        Assert.Equal(3, await cache.KeysAsync().CountAsync());
    }

    [Fact]
    public async Task Metadata_SetWithAValue_ComesBackWithTheEntry()
    {
        await using var cache = new InMemoryBackend();
        var metadata = new Dictionary<string, string> { ["source"] = "db" };
        await cache.SetAsync("k", new byte[1], new SetOptions { Metadata = metadata });
        metadata["source"] = "changed by its owner";
        Assert.Equal([new("source", "db")], (await cache.GetEntryAsync("k"))!.Metadata);
    }
}
