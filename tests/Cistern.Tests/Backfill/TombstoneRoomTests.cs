namespace Cistern.Tests.Backfill;

/// <summary>Tombstones hold memory that entries cannot have: a load takes no more than fits beside them.</summary>
public sealed class TombstoneRoomTests
{
    private static readonly InMemoryBackendOptions Bounded = new() { MaxMemoryBytes = 4000 };

    [Theory]
    [InlineData(EvictionMode.OldestAdded)]
    [InlineData(EvictionMode.Lru)]
    public async Task ForceBackfill_BesideTombstones_NeverEvictsWhatItLoaded(EvictionMode eviction)
    {
        var values = Enumerable.Range(0, 50).Select(i => KeyValuePair.Create("key" + i.ToString("00"), new string('v', 100)));
        await using var rig = BackfillRig.Create(InMemorySource.FromStrings(values), backend: Bounded with { Eviction = eviction });
        for (var i = 0; i < 20; i++) await rig.Backend.DeleteAsync("gone" + i, version: 1);

        var loaded = await rig.Cache.ForceBackfillAsync();

        var stats = await rig.Backend.GetStatsAsync();
        Assert.InRange(loaded, 5, 9);
        Assert.Equal((loaded, 0), (stats.CurrentEntries, stats.Evictions));
        Assert.True(await rig.Backend.ExistsAsync("key00"));
    }

    [Fact]
    public async Task Backfill_OfAnEntryTooLargeBesideTombstones_TakesTheOthersAndComesBackToIt()
    {
        var source = InMemorySource.FromStrings([new("a", "1"), new("big", new string('v', 3000)), new("c", "1")]);
        await using var rig = BackfillRig.Create(source, backend: Bounded);
        for (var i = 0; i < 20; i++) await rig.Backend.DeleteAsync("gone" + i, version: 1);
        Assert.Equal(2, await rig.Cache.ForceBackfillAsync());
        Assert.Equal("ac", await rig.CachedAsync());

        rig.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, await rig.Cache.ForceBackfillAsync());
        Assert.Equal("abigc", await rig.CachedAsync());
    }
}
