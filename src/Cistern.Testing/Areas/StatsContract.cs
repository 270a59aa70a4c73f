using System.Buffers;
using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: what is counted, once, and what is not.</summary>
public abstract class StatsContract : ListingContract
{
    private protected StatsContract()
    {
    }

    [Fact]
    public async Task Stats_Fresh_AreZero()
    {
        await AssertCountedAsync(hits: 0, misses: 0, sets: 0, deletes: 0);
        var stats = await Backend.GetStatsAsync();
        Assert.Equal(Backend.Name, stats.Backend);
        Assert.Equal(0, stats.HitRate);
        Assert.Equal(0, stats.MissRate);
        Assert.Equal(0, stats.Utilization);
        Assert.Equal(Backend.Capabilities.MaxSizeBytes, stats.MaxSizeBytes);
        Assert.Equal(Backend.Capabilities.MaxMemoryBytes, stats.MaxMemoryBytes);
        Assert.Equal(Backend.Capabilities.ReportsEvictions ? 0 : null, stats.Evictions);
        Assert.Equal(Backend.Capabilities.ReportsExpirations ? 0 : null, stats.Expirations);
    }

    [Fact]
    public async Task Prefetch_OfAnyKeys_CountsAndChangesNothing()
    {
        await StoreAsync("key");
        Backend.Prefetch([]);
        Backend.Prefetch(["key", "missing", ""]);
        Backend.Prefetch([.. Enumerable.Range(0, 100).Select(i => "key" + i)]);
        await AssertCountedAsync(hits: 0, misses: 0, sets: 1, deletes: 0);
        Assert.True(await Backend.ExistsAsync("key"));
    }

    [Fact]
    public async Task Stats_Lookups_CountOneEach()
    {
        await StoreAsync("key");
        await Backend.GetAsync("key");
        await Backend.GetAsync("missing");
        await Backend.TryGetAsync("key", new ArrayBufferWriter<byte>());
        await Backend.TryGetAsync("missing", new ArrayBufferWriter<byte>());
        await Backend.GetAsync("missing");
        await AssertCountedAsync(hits: 2, misses: 3, sets: 1, deletes: 0);
        var stats = await Backend.GetStatsAsync();
        Assert.Equal(5, stats.Total);
        Assert.Equal(0.4, stats.HitRate);
        Assert.Equal(0.6, stats.MissRate);
    }

    [Fact]
    public async Task Stats_GetMany_CountsEachDistinctKey()
    {
        await StoreAsync("a");
        await StoreAsync("b");
        await Backend.GetManyAsync(["a", "b", "a", "missing", "missing", "gone"]);
        await AssertCountedAsync(hits: 2, misses: 2, sets: 2, deletes: 0);
    }

    [Fact]
    public async Task Stats_ExpiredEntry_IsAMiss()
    {
        await StoreAsync("key", "value", Lasting(1));
        Advance(1);
        await Backend.GetAsync("key");
        await Backend.GetManyAsync(["key"]);
        await Backend.DeleteAsync("key");
        await Backend.DeleteManyAsync(["key"]);
        await AssertCountedAsync(hits: 0, misses: 2, sets: 1, deletes: 0);
    }

    [Fact]
    public async Task Stats_OtherMembers_AreNoLookups()
    {
        await StoreAsync("key");
        foreach (var key in new[] { "key", "missing" })
        {
            await Backend.GetEntryAsync(key);
            await Backend.ExistsAsync(key);
            await Backend.ExistsManyAsync([key]);
            await Backend.TouchAsync(key, TimeSpan.FromSeconds(1));
            await KeysAsync(key);
        }

        await AssertCountedAsync(hits: 0, misses: 0, sets: 1, deletes: 0);
    }

    [Fact]
    public async Task Stats_RefusedSets_AreNotCounted()
    {
        await StoreAsync("key", "value", SetOptions.IfNewer(5));
        await SetAsync("key", "present", IfAbsent);
        await SetAsync("key", "older", SetOptions.IfNewer(4));
        await SetAsync("key", "same", SetOptions.IfNewer(5));
        await Backend.SetManyAsync([Request("key", "present", IfAbsent), Request("key", "older", SetOptions.IfNewer(4))]);
        await AssertCountedAsync(hits: 0, misses: 0, sets: 1, deletes: 0);
    }

    [Fact]
    public async Task Stats_SetMany_CountsEachStoredOne()
    {
        await Backend.SetManyAsync([Request("a", "1"), Request("b", "2"), Request("a", "3"), Request("b", "4", IfAbsent)]);
        await AssertCountedAsync(hits: 0, misses: 0, sets: 3, deletes: 0);
    }

    [Fact]
    public async Task Stats_Deletes_CountLiveEntriesOnly()
    {
        await Backend.SetManyAsync([Request("a", "1"), Request("b", "2"), Request("c", "3"), Request("d", "4", SetOptions.IfNewer(5))]);
        await Backend.DeleteAsync("a");
        await Backend.DeleteAsync("a");
        await Backend.DeleteAsync("missing", 1);
        await Backend.DeleteAsync("d", 4);
        await Backend.DeleteAsync("d", 5);
        await Backend.DeleteManyAsync(["b", "b", "missing"]);
        await AssertCountedAsync(hits: 0, misses: 0, sets: 4, deletes: 3);
    }

    [Fact]
    public async Task Stats_Clear_CountsNoDeletes()
    {
        await StoreAsync("a");
        await StoreAsync("b");
        await ClearAsync();
        await AssertCountedAsync(hits: 0, misses: 0, sets: 2, deletes: 0);
    }

    [Fact]
    public async Task Stats_Reset_ZeroesCountersAndKeepsEntries()
    {
        await StoreAsync("key", "value", SetOptions.IfNewer(5));
        await Backend.GetAsync("key");
        await Backend.GetAsync("missing");
        await StoreAsync("other");
        await Backend.DeleteAsync("other");
        Backend.ResetStats();
        await AssertCountedAsync(hits: 0, misses: 0, sets: 0, deletes: 0);
        Assert.Equal("value", await TextAsync("key"));
        Assert.Equal(SetOutcome.AlreadyCurrent, await SetAsync("key", "same", SetOptions.IfNewer(5)));
        await AssertCountedAsync(hits: 1, misses: 0, sets: 0, deletes: 0);
    }

    [Fact]
    public async Task Stats_Usage_FollowsEveryChange()
    {
        if (await Backend.GetStatsAsync() is { CurrentEntries: null, CurrentSizeBytes: null }) Assert.Skip("The backend does not know what it holds.");
        await AssertUsageAsync(entries: 0, sizeBytes: 0);
        await StoreAsync("a longer key", "12345", new SetOptions { Metadata = new Dictionary<string, string> { ["type"] = "text" } });
        await AssertUsageAsync(entries: 1, sizeBytes: 5);
        await StoreAsync("other", "");
        await AssertUsageAsync(entries: 2, sizeBytes: 5);
        await StoreAsync("a longer key", "123");
        await AssertUsageAsync(entries: 2, sizeBytes: 3);
        await StoreAsync("a longer key", "1234567");
        await SetAsync("a longer key", "refused and longer", IfAbsent);
        await AssertUsageAsync(entries: 2, sizeBytes: 7);
        await Backend.SetManyAsync([Request("third", "12"), Request("third", "1234")]);
        await AssertUsageAsync(entries: 3, sizeBytes: 11);
        await Backend.DeleteAsync("a longer key");
        await AssertUsageAsync(entries: 2, sizeBytes: 4);
        await Backend.DeleteAsync("third", 5);
        await AssertUsageAsync(entries: 1, sizeBytes: 0);
        await ClearAsync();
        await AssertUsageAsync(entries: 0, sizeBytes: 0);
    }

    [Fact]
    public async Task Stats_Expiry_IsNoEvictionAndNoDelete()
    {
        for (var i = 0; i < 5; i++) await StoreAsync($"key {i}", "value", Lasting(10));
        Advance(10);
        Assert.Empty(await KeysAsync());
        Assert.Null(await Backend.GetAsync("key 0"));
        await ClearAsync();
        var stats = await Backend.GetStatsAsync();
        Assert.Equal(0, stats.Evictions ?? 0);
        Assert.Equal(0, stats.Deletes);
        Assert.InRange(stats.Expirations ?? 0, 0, 5);
    }

    private protected async Task AssertCountedAsync(long hits, long misses, long sets, long deletes)
    {
        var stats = await Backend.GetStatsAsync();
        Assert.Equal((hits, misses, sets, deletes), (stats.Hits, stats.Misses, stats.Sets, stats.Deletes));
    }

    private async Task AssertUsageAsync(long entries, long sizeBytes)
    {
        var stats = await Backend.GetStatsAsync();
        Assert.Equal((entries, sizeBytes), (stats.CurrentEntries ?? entries, stats.CurrentSizeBytes ?? sizeBytes));
    }
}
