namespace Cistern.Tests.Tiers;

/// <summary>Tiers that fail, are down, come back empty.</summary>
public sealed class TierFaultTests : TieredTest
{
    private static readonly TieredBackendOptions Short = new()
    {
        NearTimeToLive = TimeSpan.FromSeconds(10),
        StaleWhileDown = TimeSpan.FromSeconds(20),
        FaultsUntilDown = 3,
        DownTime = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public async Task Get_WhileTheFarTierFails_IsAnsweredByAnOldCopyForAWhile()
    {
        var tiers = await OpenAsync(Short with { FaultsUntilDown = 1_000 });
        await tiers.SetAsync("key", Bytes("value"));
        Far.Fail(true);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TieredLookupOutcome.Stale, (await tiers.LookUpAsync("key")).Outcome);
        Clock.Advance(TimeSpan.FromMilliseconds(19_999));
        Assert.Equal("value", Text((await tiers.GetManyAsync(["key"]))["key"]));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("key").AsTask());
        Assert.Equal(2, (await tiers.GetTieredStatsAsync()).StaleHits);
    }

    [Fact]
    public async Task Get_OfAnOldCopy_EndsWithTheEntryWhateverIsDown()
    {
        var tiers = await OpenAsync(Short);
        await tiers.SetAsync("key", Bytes("value"), new SetOptions { TimeToLive = TimeSpan.FromSeconds(12) });
        Far.Fail(true);
        Clock.Advance(TimeSpan.FromMilliseconds(11_999));
        Assert.NotNull(await tiers.GetAsync("key"));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("key").AsTask());
    }

    [Fact]
    public async Task Get_OfWhatWasSeenToBeGone_IsNotAnsweredByAnOldCopy()
    {
        var tiers = await OpenAsync(Short);
        await tiers.SetManyAsync([new SetRequest("one", Bytes("value")), new SetRequest("other", Bytes("value"))]);
        await Far.DeleteManyAsync(["one", "other"]);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await tiers.GetAsync("one"));
        Assert.Empty(await tiers.GetManyAsync(["other"]));
        Far.Fail(true);
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("one").AsTask());
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("other").AsTask());
    }

    [Fact]
    public async Task Get_OfWhatWasSeenToBeNewer_IsNotAnsweredByAnOldCopy()
    {
        var tiers = await OpenAsync(Short);
        await tiers.SetAsync("key", Bytes("old"));
        await Far.SetAsync("key", Bytes("new"));
        Clock.Advance(TimeSpan.FromSeconds(10));

        // Another change of the same stripe keeps the new copy out.
        Far.After = call => call == "look up" ? tiers.TouchAsync("key", null).AsTask() : Task.CompletedTask;
        Assert.Equal("new", Text(await tiers.GetAsync("key")));
        Far.After = static _ => Task.CompletedTask;
        Far.Fail(true);
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("key").AsTask());
    }

    [Fact]
    public async Task Keys_AbandonedOrCancelled_LeaveTheFarTierToBeTried()
    {
        var tiers = await OpenAsync(Short with { FaultsUntilDown = 1 });
        await tiers.SetManyAsync([new SetRequest("a", Bytes("value")), new SetRequest("b", Bytes("value"))]);
        Far.Fail(true);
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.DeleteAsync("a").AsTask());
        Far.Fail(false);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await foreach (var _ in tiers.KeysAsync()) break;
        Assert.Equal(2, (await tiers.KeysAsync().ToListAsync()).Count);

        Far.Fail(true);
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.DeleteAsync("a").AsTask());
        Far.Fail(false);
        Clock.Advance(TimeSpan.FromSeconds(5));
        using var stop = new CancellationTokenSource();
        Far.Before = call =>
        {
            if (call != "keys") return Task.CompletedTask;
            stop.Cancel();
            return Task.FromCanceled(stop.Token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await tiers.KeysAsync("*", stop.Token).ToListAsync(CancellationToken.None));
        Assert.True(await tiers.DeleteAsync("a"));
    }

    [Fact]
    public async Task Get_OfWhatHasNoCopyWhileTheFarTierFails_IsNoMiss()
    {
        var tiers = await OpenAsync(Short);
        await tiers.SetAsync("near", Bytes("value"));
        Far.Fail(true);
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetAsync("other").AsTask());
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.GetManyAsync(["near", "other"]).AsTask());
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.ExistsAsync("near").AsTask());
        await Assert.ThrowsAsync<CacheBackendException>(async () => await tiers.KeysAsync("near").ToListAsync());
        await Assert.ThrowsAsync<CacheBackendException>(async () => await tiers.KeysAsync("ne*").ToListAsync());
        Assert.Equal("value", Text(await tiers.GetAsync("near")));
    }

    [Fact]
    public async Task FarTier_AfterFaultsInARow_IsLeftAloneAndThenTriedOnce()
    {
        var tiers = await OpenAsync(Short);
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
        var tiers = await OpenAsync(Short);
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
        var tiers = await OpenAsync(Short);
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
        var tiers = await OpenAsync(Short);
        await tiers.SetAsync("key", Bytes("value"));
        await Far.LoseAsync();
        await UntilAsync(() => Near.GetStatsAsync().AsTask().GetAwaiter().GetResult().CurrentEntries == 0);
        Assert.Null(await tiers.GetAsync("key"));
    }

    [Fact]
    public async Task NearTier_ThatFails_FailsNothingAndIsEmptiedBeforeItAnswersAgain()
    {
        var near = new GatedBackend(Clock);
        var tiers = await OpenAsync(Short, near);
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
    public async Task NearTier_ThatHasEntriesAlready_IsEmptiedFirst()
    {
        await Near.SetAsync("key", Bytes("of another life"));
        var tiers = await OpenAsync(Short);
        Assert.Null(await tiers.GetAsync("key"));
    }

    [Fact]
    public async Task Open_WithAChannelThatFails_ClosesItAndLeavesTheTiersOpen()
    {
        var channel = LoopbackChannel.Create(1)[0];
        channel.Fails = true;
        await Assert.ThrowsAsync<CacheBackendException>(() => OpenAsync(Short with { Invalidation = channel }));
        Assert.True(channel.IsDisposed);
        Assert.Null(await Far.GetAsync("key"));
        Assert.Null(await Near.GetAsync("key"));
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
