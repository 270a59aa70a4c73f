namespace Cistern.Tests;

/// <summary>Tombstones hold memory that entries cannot have: a backfill takes no more than fits beside them.</summary>
public sealed class TombstoneRoomTests
{
    [Fact]
    public async Task ForceBackfill_BesideTombstones_NeverEvictsWhatItLoaded()
    {
        using var folder = new TempFolder();
        using var backend = FileBackend.Open(folder.Cache, new FileBackendOptions { MaxMemoryBytes = 8000 });
        for (var i = 0; i < 20; i++) await backend.DeleteAsync("gone" + i, version: 1);
        var source = InMemorySource.FromStrings(Enumerable.Range(0, 50).Select(i => KeyValuePair.Create("key" + i.ToString("00"), new string('v', 100))));
        await using var cache = new BackfillingCache(backend, source);

        var loaded = await cache.ForceBackfillAsync();

        var stats = await backend.GetStatsAsync();
        Assert.InRange(loaded, 5, 45);
        Assert.Equal((loaded, 0), (stats.CurrentEntries, stats.Evictions));
    }
}
