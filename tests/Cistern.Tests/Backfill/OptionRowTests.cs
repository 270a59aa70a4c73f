namespace Cistern.Tests.Backfill;

/// <summary>One test or more per row of the options, each at its edges.</summary>
public sealed class OptionRowTests
{
    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.51, 0)]
    public async Task MissThreshold_AtTheRate_RunsABackfill(double threshold, int backfills)
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { MissThreshold = threshold });
        await rig.Backend.SetAsync("a", "1"u8.ToArray());
        await rig.GetAsync("aaxx"); // the fourth makes 2 of 4
        Assert.Equal(backfills, rig.Stats.Backfills);
    }

    [Fact]
    public async Task MissThreshold_OneTenThousandthAboveTheRate_RunsNone()
    {
        await using var above = BackfillRig.Create("abc", new BackfillOptions { MissThreshold = 0.6668, MinLookups = 3 });
        await above.Backend.SetAsync("a", "1"u8.ToArray());
        await above.GetAsync("axx"); // 2 of 3 = 0.6667
        Assert.Equal(0, above.Stats.Backfills);

        await using var equal = BackfillRig.Create("abc", new BackfillOptions { MissThreshold = 0.6667, MinLookups = 3 });
        await equal.Backend.SetAsync("a", "1"u8.ToArray());
        await equal.GetAsync("axx");
        Assert.Equal(1, equal.Stats.Backfills);
    }

    [Theory]
    [InlineData(1, "a")]
    [InlineData(3, "abc")]
    [InlineData(5, "abcde")]
    [InlineData(99, "abcde")]
    public async Task BackfillBatch_LoadsThatManyInSourceOrder(int batch, string loaded)
    {
        await using var rig = BackfillRig.Create("abcde", new BackfillOptions { BackfillBatch = batch });
        await rig.GetAsync("xyz");
        Assert.Equal(loaded, await rig.CachedAsync());
    }

    [Fact]
    public async Task BackfillBatch_SkipsWhatIsCachedAlready()
    {
        await using var rig = BackfillRig.Create("abcde", new BackfillOptions { BackfillBatch = 2 });
        await rig.GetAsync("acz");
        Assert.Equal("abcd", await rig.CachedAsync());
    }

    [Fact]
    public async Task Backfill_OfWhatIsAllCached_CountsAndLoadsNone()
    {
        await using var rig = BackfillRig.Create("ab", new BackfillOptions { MissThreshold = 0.01 });
        await rig.GetAsync("abxy");
        Assert.Equal((2, 0), (rig.Stats.Backfills, rig.Stats.Loaded));
        Assert.All(rig.Cache.Audit.Entries, entry => Assert.Equal((AuditAction.Backfill, 0), (entry.Action, entry.Loaded)));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(4, 0)]
    public async Task MinLookups_CountsTheLookupInHand(int minLookups, int backfills)
    {
        await using var rig = BackfillRig.Create("abcdef", new BackfillOptions { MinLookups = minLookups, BackfillBatch = 1 });
        await rig.GetAsync("xyz");
        Assert.Equal(backfills, rig.Stats.Backfills);
    }

    [Fact]
    public async Task MinLookups_InAWindow_CountsOnlyWhatIsInside()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { Window = MissWindow.OfDuration(TimeSpan.FromSeconds(1)), MinLookups = 3 });
        await rig.GetAsync("xy");
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.GetAsync("xy");
        Assert.Equal(0, rig.Stats.Backfills);
        await rig.GetAsync("z");
        Assert.Equal(1, rig.Stats.Backfills);
    }

    [Fact]
    public async Task MaxBackfills_Zero_RefusesTheFirst()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { MaxBackfills = 0 });
        Assert.Equal("---a!", await rig.GetAsync("xyza"));
        Assert.Equal((0, true), (rig.Stats.Backfills, rig.Stats.ManualInterventionRequired));
        Assert.Equal(2, Assert.Single(rig.Cache.Audit.Entries).Count);
    }

    [Fact]
    public async Task MaxBackfills_OverAnEmptySource_SkipsRatherThanCallingForHelp()
    {
        await using var rig = BackfillRig.Create("", new BackfillOptions { MaxBackfills = 0 });
        await rig.GetAsync("xyz");
        Assert.Equal((1, false), (rig.Stats.SkippedBackfills, rig.Stats.ManualInterventionRequired));
    }

    [Fact]
    public async Task MaxBackfills_DoesNotLimitForcedOnes()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { MaxBackfills = 0 });
        Assert.Equal(3, await rig.Cache.ForceBackfillAsync());
        Assert.Equal(0, await rig.Cache.ForceBackfillAsync());
        Assert.Equal((2, false), (rig.Stats.Backfills, rig.Stats.ManualInterventionRequired));
    }

    [Fact]
    public async Task ForceBackfill_SpendsNoLimit()
    {
        await using var rig = BackfillRig.Create("abcdef", new BackfillOptions { MaxBackfills = 1, BackfillBatch = 1 });
        await rig.Cache.ForceBackfillAsync();
        await rig.GetAsync("xyz");
        Assert.Equal((2, false), (rig.Stats.Backfills, rig.Stats.ManualInterventionRequired));
    }

    [Fact]
    public async Task ForceBackfill_OfAnEmptySource_LoadsNone()
    {
        await using var rig = BackfillRig.Create("");
        Assert.Equal(0, await rig.Cache.ForceBackfillAsync());
    }

    [Fact]
    public async Task ForceBackfill_OfManyChunks_LoadsAll()
    {
        var source = InMemorySource.FromStrings(Enumerable.Range(0, 5_321).Select(i => KeyValuePair.Create("key" + i, "v")));
        await using var rig = BackfillRig.Create(source);
        Assert.Equal(5_321, await rig.Cache.ForceBackfillAsync());
        Assert.Equal(5_321, (await rig.Backend.GetStatsAsync()).CurrentEntries);
    }

    [Theory]
    [InlineData(EvictionMode.OldestAdded)]
    [InlineData(EvictionMode.Lru)]
    public async Task Capacity_ABackfillLargerThanIt_KeepsWhatItLoadedFirst(EvictionMode eviction)
    {
        await using var rig = BackfillRig.Create("abcdefgh", new BackfillOptions { BackfillBatch = 6 }, new InMemoryBackendOptions { Capacity = 3, Eviction = eviction });
        await rig.Backend.SetAsync("p", "1"u8.ToArray());
        await rig.Backend.SetAsync("q", "1"u8.ToArray());
        await rig.GetAsync("xyz");
        Assert.Equal("abc", await rig.CachedAsync());
        Assert.Equal((3, 2), (rig.Stats.Loaded, (await rig.Backend.GetStatsAsync()).Evictions));
    }

    [Fact]
    public async Task MaxSize_ABackfillLargerThanIt_KeepsWhatItLoadedFirst()
    {
        var source = InMemorySource.FromStrings([new("a", "22"), new("big", "too large at all"), new("b", "333"), new("c", "22"), new("d", "1")]);
        await using var rig = BackfillRig.Create(source, new BackfillOptions { BackfillBatch = 10 }, new InMemoryBackendOptions { MaxSizeBytes = 6 });
        await rig.GetAsync("xyz");
        Assert.Equal("ab", await rig.CachedAsync());
        Assert.Equal((2, 0), (rig.Stats.Loaded, (await rig.Backend.GetStatsAsync()).Evictions));
    }

    [Fact]
    public async Task MaxMemory_ABackfillLargerThanIt_KeepsWhatItLoadedFirst()
    {
        var values = Enumerable.Range(0, 50).Select(i => KeyValuePair.Create("key" + i.ToString("00"), new string('v', 100)));
        await using var rig = BackfillRig.Create(InMemorySource.FromStrings(values), new BackfillOptions { BackfillBatch = 50 }, new InMemoryBackendOptions { MaxMemoryBytes = 4000 });
        await rig.GetAsync("xyz");
        Assert.InRange(rig.Stats.Loaded, 5, 20);
        Assert.Equal((rig.Stats.Loaded, 0), ((await rig.Backend.GetStatsAsync()).CurrentEntries, (await rig.Backend.GetStatsAsync()).Evictions));
        Assert.True(await rig.Backend.ExistsAsync("key00"));
    }

    [Fact]
    public async Task Eviction_OverwritingAnEntry_KeepsItsAge()
    {
        await using var rig = BackfillRig.Create("abcd", new BackfillOptions { MinLookups = 99 }, new InMemoryBackendOptions { Capacity = 3, Eviction = EvictionMode.OldestAdded });
        await rig.GetAsync("abc");
        await rig.Cache.SetAsync("a", "new"u8.ToArray());
        await rig.GetAsync("d");
        Assert.Equal("bcd", await rig.CachedAsync());
    }

    [Fact]
    public async Task Window_OfLookups_ForgetsGoodHistory()
    {
        var options = new BackfillOptions { Window = MissWindow.OfLookups(4), BackfillBatch = 2 };
        await using var rig = BackfillRig.Create("abcdef", options);
        await using var cumulative = BackfillRig.Create("abcdef", options with { Window = MissWindow.Cumulative });
        foreach (var each in new[] { rig, cumulative })
        {
            await each.Backend.SetAsync("a", "1"u8.ToArray());
            await each.GetAsync(new string('a', 100));
            await each.Backend.ClearAsync();
            await each.GetAsync("fe");
        }

        Assert.Equal((1, 0), (rig.Stats.Backfills, cumulative.Stats.Backfills));
        Assert.Equal((0.5, 0.0196), (rig.Stats.WindowMissRate, cumulative.Stats.WindowMissRate));
        Assert.Equal(0.0196, rig.Stats.MissRate);
    }

    [Fact]
    public async Task Window_OfADuration_LeavesAtItsExactAge()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { Window = MissWindow.OfDuration(TimeSpan.FromSeconds(10)), MinLookups = 2, BackfillBatch = 1 });
        await rig.GetAsync("x");
        rig.Clock.Advance(TimeSpan.FromMilliseconds(10_000));
        await rig.GetAsync("x");
        Assert.Equal(0, rig.Stats.Backfills);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(9_999));
        await rig.GetAsync("x");
        Assert.Equal(1, rig.Stats.Backfills);
    }

    [Fact]
    public async Task Window_OfADuration_AClockSetBackDoesNotFreezeIt()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { Window = MissWindow.OfDuration(TimeSpan.FromSeconds(10)), MinLookups = 3, BackfillBatch = 1 });
        await rig.GetAsync("xx");
        rig.Clock.SetUtcNow(rig.Clock.GetUtcNow() - TimeSpan.FromHours(1));
        await rig.GetAsync("x");
        Assert.Equal(1, rig.Stats.Backfills);
    }

    [Fact]
    public async Task ClearThreshold_OnceOn_GoesOnBetweenTheThresholds()
    {
        await using var rig = BackfillRig.Create("abcdefghijklmnop", new BackfillOptions { MissThreshold = 0.75, ClearThreshold = 0.5, MinLookups = 1, BackfillBatch = 1 });
        await rig.GetAsync("z"); // 1/1: on
        await rig.GetAsync("aaz"); // 2/4 = 0.5 on the last miss, after 1/3 = 0.33 turned it off
        Assert.Equal(1, rig.Stats.Backfills);

        await using var still = BackfillRig.Create("abcdefghijklmnop", new BackfillOptions { MissThreshold = 0.75, ClearThreshold = 0.3, MinLookups = 1, BackfillBatch = 1 });
        await still.GetAsync("z"); // 1/1: on
        await still.GetAsync("aaz"); // 1/2, 1/3 above 0.3, then 2/4 under 0.75: still on
        Assert.Equal(2, still.Stats.Backfills);
    }

    [Fact]
    public async Task Cooldown_WhileOn_AllowsOneBackfillPerCooldown()
    {
        await using var rig = BackfillRig.Create("abcdef", new BackfillOptions { Cooldown = TimeSpan.FromSeconds(60), ClearThreshold = 0.1, BackfillBatch = 1 });
        await rig.GetAsync("xyzxyz");
        Assert.Equal(1, rig.Stats.Backfills);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(59_999));
        await rig.GetAsync("x");
        Assert.Equal(1, rig.Stats.Backfills);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await rig.GetAsync("x");
        Assert.Equal(2, rig.Stats.Backfills);
    }

    [Fact]
    public async Task Cooldown_AfterTheRateCleared_DoesNotDelayTheNextEpisode()
    {
        var options = new BackfillOptions { Window = MissWindow.OfLookups(4), Cooldown = TimeSpan.FromHours(1), ClearThreshold = 0.25, BackfillBatch = 1 };
        await using var rig = BackfillRig.Create("abcdef", options);
        await rig.GetAsync("xyz");
        await rig.GetAsync("aaaa");
        await rig.GetAsync("xy");
        Assert.Equal(2, rig.Stats.Backfills);
    }

    [Fact]
    public async Task Cooldown_WithoutClearThreshold_HoldsEvenIfTheRateDips()
    {
        await using var rig = BackfillRig.Create("abcdef", new BackfillOptions { Window = MissWindow.OfLookups(4), Cooldown = TimeSpan.FromHours(1), BackfillBatch = 1 });
        await rig.GetAsync("xyzaaaaxyz");
        Assert.Equal(1, rig.Stats.Backfills);
    }

    [Fact]
    public async Task ExcludeSourceMisses_KeysKnownAbsent_DoNotDecide()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { ExcludeSourceMisses = true, MissThreshold = 0.5, BackfillBatch = 1, MinLookups = 3 });
        await rig.GetAsync("ab"); // both misses; both are at the source
        await rig.GetAsync("aaaab"); // hits: 2 misses of 7
        await rig.GetAsync(new string('x', 40)); // the first in hand is a miss (3/8), then remembered as absent
        Assert.Equal(0, rig.Stats.Backfills);
        Assert.Equal((40, 0.2857), (rig.Stats.SourceMisses, rig.Stats.WindowMissRate));
        Assert.Equal(0.8936, rig.Stats.MissRate);
    }

    [Fact]
    public async Task ExcludeSourceMisses_OnlyAbsentKeys_HasNothingToDecideBy()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { ExcludeSourceMisses = true, MinLookups = 1, MissThreshold = 1 });
        await rig.GetAsync("x"); // in hand, not known yet: 1/1
        Assert.Equal(1, rig.Stats.Backfills);
        await rig.GetAsync("xxx"); // 0/0
        Assert.Equal(1, rig.Stats.Backfills);
    }

    [Fact]
    public async Task ExcludeSourceMisses_AKeyThatWasSet_IsNotAbsentAnymore()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { ExcludeSourceMisses = true, MinLookups = 3, MissThreshold = 1, BackfillBatch = 1 });
        await rig.GetAsync("xx");
        await rig.Cache.SetAsync("x", "1"u8.ToArray());
        await rig.Backend.DeleteAsync("x");
        await rig.GetAsync("x"); // counts again: 1 of 1, and three lookups are in the window
        Assert.Equal(1, rig.Stats.Backfills);
    }

    [Fact]
    public async Task MaxIneffectiveBackfills_ThatDoNotLowerTheRate_CallForHelp()
    {
        await using var rig = BackfillRig.Create("abcdefgh", new BackfillOptions { MaxIneffectiveBackfills = 2, MinLookups = 1, BackfillBatch = 1 });
        await rig.GetAsync("zzzz"); // 1.0 each time: the second and third look back on one that did not help
        Assert.Equal((2, true), (rig.Stats.Backfills, rig.Stats.ManualInterventionRequired));
        rig.Cache.Resume();
        await rig.GetAsync("z");
        Assert.Equal((3, false), (rig.Stats.Backfills, rig.Stats.ManualInterventionRequired));
    }

    [Fact]
    public async Task TimeToLive_OfWhatIsLoaded_IsSetAndJittered()
    {
        var options = new BackfillOptions { TimeToLive = TimeSpan.FromSeconds(100), TimeToLiveJitter = 0.1, Random = new Random(7) };
        var source = InMemorySource.FromStrings(Enumerable.Range(0, 200).Select(i => KeyValuePair.Create("key" + i, "v")));
        await using var rig = BackfillRig.Create(source, options);
        await rig.Cache.ForceBackfillAsync();
        var lives = new List<double>();
        foreach (var i in Enumerable.Range(0, 200)) lives.Add((await rig.Backend.GetEntryAsync("key" + i))!.TimeToLiveRemaining(rig.Clock.GetUtcNow())!.Value.TotalSeconds);
        Assert.All(lives, seconds => Assert.InRange(seconds, 90, 110));
        Assert.InRange(lives.Min(), 90, 93);
        Assert.InRange(lives.Max(), 107, 110);
    }

    [Fact]
    public async Task TimeToLive_OfAKeyReadAlone_IsSet()
    {
        await using var rig = BackfillRig.Create("abc", new BackfillOptions { TimeToLive = TimeSpan.FromSeconds(5) });
        await rig.GetAsync("a");
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await rig.GetAsync("a");
        Assert.Equal((0, 2), (rig.Stats.Hits, rig.Stats.Misses));
    }

    [Fact]
    public async Task ForServices_AfterAFlush_RefillsWithinSeconds()
    {
        var keys = Enumerable.Range(0, 500).Select(i => "key" + i).ToList();
        var source = InMemorySource.FromStrings(keys.Select(key => KeyValuePair.Create(key, "v")));
        await using var rig = BackfillRig.Create(source, BackfillOptions.ForServices);
        await rig.Cache.ForceBackfillAsync();
        for (var second = 0; second < 3600; second++)
        {
            foreach (var key in keys.Skip(second % 50 * 10).Take(10)) await rig.Cache.GetAsync(key);
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await rig.Backend.ClearAsync();
        var waited = 0;
        for (; rig.Stats.Backfills == 1 && waited < 60; waited++)
        {
            foreach (var key in keys.Skip(waited % 50 * 10).Take(10)) await rig.Cache.GetAsync(key);
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.Cache.WaitForBackfillAsync();
        }

        Assert.InRange(waited, 1, 12);
        Assert.Equal(500, (await rig.Backend.GetStatsAsync()).CurrentEntries);
    }

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Option_OutOfItsRange_IsRefusedByName(string name, BackfillOptions options) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);

    [Fact]
    public void Window_OfNothing_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MissWindow.OfLookups(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MissWindow.OfDuration(TimeSpan.FromMilliseconds(0.9)));
    }

    public static TheoryData<string, BackfillOptions> OutOfRange => new()
    {
        { nameof(BackfillOptions.BackfillBatch), new BackfillOptions { BackfillBatch = 0 } },
        { nameof(BackfillOptions.MinLookups), new BackfillOptions { MinLookups = 0 } },
        { nameof(BackfillOptions.MaxBackfills), new BackfillOptions { MaxBackfills = -1 } },
        { nameof(BackfillOptions.MaxIneffectiveBackfills), new BackfillOptions { MaxIneffectiveBackfills = 0 } },
        { nameof(BackfillOptions.ClearThreshold), new BackfillOptions { ClearThreshold = 0.51 } },
        { nameof(BackfillOptions.ClearThreshold), new BackfillOptions { ClearThreshold = -0.01 } },
        { nameof(BackfillOptions.Cooldown), new BackfillOptions { Cooldown = TimeSpan.Zero } },
        { nameof(BackfillOptions.MaxRememberedSourceMisses), new BackfillOptions { MaxRememberedSourceMisses = 0 } },
        { nameof(BackfillOptions.MaxBypassReads), new BackfillOptions { MaxBypassReads = 0 } },
        { nameof(BackfillOptions.SourceTimeout), new BackfillOptions { SourceTimeout = TimeSpan.Zero } },
        { nameof(BackfillOptions.TimeToLive), new BackfillOptions { TimeToLive = TimeSpan.Zero } },
        { nameof(BackfillOptions.TimeToLiveJitter), new BackfillOptions { TimeToLiveJitter = 1.5 } },
        { nameof(BackfillOptions.AuditCapacity), new BackfillOptions { AuditCapacity = 0 } },
    };
}
