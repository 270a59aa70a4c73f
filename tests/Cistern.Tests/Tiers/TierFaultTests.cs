namespace Cistern.Tests.Tiers;

/// <summary>Tiers that fail, are down, come back empty.</summary>
public sealed class TierFaultTests : TieredTest
{
    private static readonly TieredBackendOptions Options = new()
    {
        NearTimeToLive = TimeSpan.FromSeconds(10),
        StaleWhileDown = TimeSpan.FromSeconds(20),
        FaultsUntilDown = 3,
        DownTime = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public async Task Get_WhileTheFarTierFails_IsAnsweredByAnOldCopyForAWhile()
    {
        var tiers = await OpenAsync(Options with { FaultsUntilDown = 1_000 });
        await tiers.SetAsync("key", Bytes("value"));
        Far.Fail(true);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TieredLookupOutcome.Stale, (await tiers.LookUpAsync("key")).Outcome);
        Assert.True(await tiers.ExistsAsync("key"));
        Clock.Advance(TimeSpan.FromMilliseconds(19_999));
        Assert.Equal("value", Text((await tiers.GetManyAsync(["key"]))["key"]));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("key").AsTask());
        Assert.Equal(2, (await tiers.GetTieredStatsAsync()).StaleHits);
    }

    [Fact]
    public async Task Get_OfAnOldCopy_EndsWithTheEntryWhateverIsDown()
    {
        var tiers = await OpenAsync(Options);
        await tiers.SetAsync("key", Bytes("value"), new SetOptions { TimeToLive = TimeSpan.FromSeconds(12) });
        Far.Fail(true);
        Clock.Advance(TimeSpan.FromMilliseconds(11_999));
        Assert.NotNull(await tiers.GetAsync("key"));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("key").AsTask());
    }

    [Fact]
    public async Task Get_OfWhatHasNoCopyWhileTheFarTierFails_IsNoMiss()
    {
        var tiers = await OpenAsync(Options);
        await tiers.SetAsync("near", Bytes("value"));
        Far.Fail(true);
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("other").AsTask());
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetManyAsync(["near", "other"]).AsTask());
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.ExistsAsync("other").AsTask());
        Assert.Equal("value", Text(await tiers.GetAsync("near")));
    }

    [Fact]
    public async Task FarTier_AfterFaultsInARow_IsLeftAloneAndThenTriedOnce()
    {
        var tiers = await OpenAsync(Options);
        await tiers.SetAsync("key", Bytes("value"));
        Far.Fail(true);
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("other").AsTask());
        var calls = Far.Calls;
        var refused = await Assert.ThrowsAsync<CacheBackendException>(() => tiers.SetAsync("key", Bytes("new")).AsTask());
        Assert.Contains("down", refused.Message, StringComparison.Ordinal);
        Assert.Equal("value", Text(await tiers.GetAsync("key")));
        Assert.Equal(calls, Far.Calls);
        Assert.True((await tiers.GetTieredStatsAsync()).IsFarDown);

        Clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("other").AsTask());
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("other").AsTask());
        Assert.Equal(calls + 1, Far.Calls);

        Far.Fail(false);
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await tiers.GetAsync("other"));
        Assert.Equal(SetOutcome.Stored, await tiers.SetAsync("key", Bytes("new")));
        var stats = await tiers.GetTieredStatsAsync();
        Assert.False(stats.IsFarDown);
        Assert.Equal((4, 2), (stats.FarFaults, stats.FarRefusals));
    }

    [Fact]
    public async Task FarTier_FaultsBetweenAnswers_AreNoReasonToLeaveItAlone()
    {
        var tiers = await OpenAsync(Options);
        for (var i = 0; i < 10; i++)
        {
            Far.Fail(i % 3 != 2);
            var thrown = await Record.ExceptionAsync(() => tiers.GetAsync("key").AsTask());
            Assert.Equal(i % 3 != 2, thrown is CacheBackendException);
        }

        Assert.Equal(0, (await tiers.GetTieredStatsAsync()).FarRefusals);
    }

    [Fact]
    public async Task FarTier_CallersThatDoNotWait_AreNoReasonToLeaveItAlone()
    {
        var tiers = await OpenAsync(Options);
        for (var i = 0; i < 5; i++)
        {
            using var stop = new CancellationTokenSource();
            Far.Before = _ =>
            {
                stop.Cancel();
                return Task.FromCanceled(stop.Token);
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tiers.SetAsync("key", Bytes("value"), null, stop.Token).AsTask());
        }

        Far.Fail(false);
        Assert.Equal(SetOutcome.Stored, await tiers.SetAsync("key", Bytes("value")));
    }

    [Fact]
    public async Task FarTier_ThatLostItsEntries_LeavesNoCopies()
    {
        var tiers = await OpenAsync(Options);
        await tiers.SetAsync("key", Bytes("value"));
        await Far.LoseAsync();
        await UntilAsync(() => Near.GetStatsAsync().AsTask().GetAwaiter().GetResult().CurrentEntries == 0);
        Assert.Null(await tiers.GetAsync("key"));
    }

    [Fact]
    public async Task NearTier_ThatFails_FailsNothingAndIsEmptiedBeforeItAnswersAgain()
    {
        var near = new GatedBackend(Clock);
        var tiers = await OpenAsync(Options, near);
        await tiers.SetAsync("key", Bytes("old"));
        near.Fail(true);
        Assert.Equal(new TieredSet(SetOutcome.Stored, NearOutcome.Failed), await tiers.SetInTiersAsync("key", Bytes("new")));
        Assert.Equal("new", Text(await tiers.GetAsync("key")));
        Assert.True(await tiers.DeleteAsync("key"));
        Assert.Null(await tiers.GetAsync("key"));

        // It still has the old copy, and works again: not a moment may it be seen.
        near.Fail(false);
        Assert.Null(await tiers.GetAsync("key"));
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await tiers.GetAsync("key"));
        await Far.SetAsync("key", Bytes("again"));
        Assert.Equal(TieredLookupOutcome.Far, (await tiers.LookUpAsync("key")).Outcome);
        Assert.Equal(TieredLookupOutcome.Near, (await tiers.LookUpAsync("key")).Outcome);
        Assert.True((await tiers.GetTieredStatsAsync()).NearFaults > 0);
    }

    [Fact]
    public async Task NearTier_ThatOutlivedAProcess_IsEmptiedFirst()
    {
        var near = new GatedBackend(Clock) { IsPersistent = true };
        await near.SetAsync("key", Bytes("of another life"));
        var tiers = await OpenAsync(Options, near);
        Assert.Null(await tiers.GetAsync("key"));
    }

    [Fact]
    public async Task Open_WhatCannotBeTiers_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>("near", () => TieredBackend.OpenAsync(Far, Far).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OpenAsync(new TieredBackendOptions { NearTimeToLive = TimeSpan.Zero }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OpenAsync(new TieredBackendOptions { StaleWhileDown = TimeSpan.FromSeconds(-1) }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OpenAsync(new TieredBackendOptions { FaultsUntilDown = 0 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OpenAsync(new TieredBackendOptions { DownTime = TimeSpan.Zero }));
    }
}
