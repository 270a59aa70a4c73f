namespace Cistern.Tests.Backfill;

/// <summary>What seed 000 asks to alter, break and fix, each by its name there.</summary>
public sealed class SeedDemandTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.0099)]
    [InlineData(-1.0)]
    [InlineData(1.0001)]
    [InlineData(double.NaN)]
    public void ZeroThreshold_IsRefused(double threshold)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => BackfillRig.Create("abc", new BackfillOptions { MissThreshold = threshold }));
        Assert.Equal(nameof(BackfillOptions.MissThreshold), error.ParamName);
        Assert.Contains("from 0.01 to 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LowestThreshold_DoesNotThrashOnceTheRateIsUnderIt()
    {
        await using var rig = BackfillRig.Create("a", new BackfillOptions { MissThreshold = 0.01 });
        await rig.GetAsync("aaa");
        for (var i = 0; i < 200; i++) await rig.GetAsync("a");
        Assert.Equal(0.0049, rig.Stats.MissRate);
        await rig.GetAsync("z");
        Assert.Equal(0, rig.Stats.Backfills);
    }

    [Fact]
    public async Task EmptySource_IsSkippedAndAuditedOnce()
    {
        await using var rig = BackfillRig.Create("");
        Assert.Equal("------", await rig.GetAsync("abcdef"));
        Assert.Equal((0, 4, 6), (rig.Stats.Backfills, rig.Stats.SkippedBackfills, rig.Stats.SourceMisses));
        var entry = Assert.Single(rig.Cache.Audit.Entries);
        Assert.Equal((AuditAction.SkippedEmptySource, 4, 3, 1.0), (entry.Action, entry.Count, entry.Lookups, entry.MissRate));
    }

    [Fact]
    public async Task BackfillLimit_StopsAutomaticBackfillsUntilResumed()
    {
        await using var rig = BackfillRig.Create("abcdefghij", new BackfillOptions { MissThreshold = 0.01, BackfillBatch = 1, MaxBackfills = 2 });
        await rig.GetAsync("jihgf");
        Assert.Equal((2, true), (rig.Stats.Backfills, rig.Stats.ManualInterventionRequired));
        Assert.Equal(AuditAction.ManualInterventionRequired, rig.Cache.Audit.Entries[^1].Action);

        rig.Cache.Resume();
        Assert.False(rig.Stats.ManualInterventionRequired);
        await rig.GetAsync("edz");
        Assert.Equal((4, true), (rig.Stats.Backfills, rig.Stats.ManualInterventionRequired));
    }

    [Fact]
    public async Task EvictOldest_AtCapacity_RemovesTheLeastRecentlyAdded()
    {
        await using var rig = BackfillRig.Create("abcd", new BackfillOptions { MinLookups = 100 }, new InMemoryBackendOptions { Capacity = 3, Eviction = EvictionMode.OldestAdded });
        await rig.GetAsync("abcad");
        Assert.Equal("bcd", await rig.CachedAsync());
        Assert.Equal("b", rig.Backend.EvictOne());
    }
}
