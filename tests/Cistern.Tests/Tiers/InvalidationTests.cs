namespace Cistern.Tests.Tiers;

/// <summary>What one process changes, and another has copies of.</summary>
public sealed class InvalidationTests : TieredTest
{
    [Fact]
    public async Task Change_OfOne_IsSeenByTheOther()
    {
        var (one, other, _) = await OpenTwoAsync();
        await other.SetAsync("key", Bytes("old"));
        await SettleAsync(one, other);
        await one.GetAsync("key");
        await one.SetAsync("key", Bytes("new"));
        await SettleAsync(one, other);
        Assert.Equal("new", Text(await other.GetAsync("key")));

        await other.SetManyAsync([new SetRequest("key", Bytes("batch"))]);
        await SettleAsync(one, other);
        Assert.Equal("batch", Text(await one.GetAsync("key")));

        await other.TouchAsync("key", TimeSpan.FromSeconds(1));
        await SettleAsync(one, other);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await one.GetAsync("key"));

        await other.SetAsync("key", Bytes("again"));
        await SettleAsync(one, other);
        Assert.NotNull(await one.GetAsync("key"));
        await other.DeleteAsync("key");
        await SettleAsync(one, other);
        Assert.Null(await one.GetAsync("key"));
        Assert.True((await one.GetTieredStatsAsync()).InvalidatedKeys >= 4);
    }

    [Fact]
    public async Task Clear_OfOne_EmptiesTheOther()
    {
        var (one, other, _) = await OpenTwoAsync();
        await one.SetAsync("key", Bytes("value"));
        await SettleAsync(one, other);
        await other.GetAsync("key");
        Assert.Equal(1, await one.ClearAsync());
        await SettleAsync(one, other);
        Assert.Null(await other.GetAsync("key"));
    }

    [Fact]
    public async Task Change_WhoseOutcomeIsUnknown_IsToldToo()
    {
        var (one, other, _) = await OpenTwoAsync();
        await one.SetAsync("key", Bytes("old"));
        await SettleAsync(one, other);
        await other.GetAsync("key");
        Far.After = call => call == "set" ? Task.FromException(new IOException("the line is cut")) : Task.CompletedTask;
        await Assert.ThrowsAsync<CacheBackendException>(() => one.SetAsync("key", Bytes("new")).AsTask());
        await SettleAsync(one, other);
        Assert.Equal("new", Text(await other.GetAsync("key")));
    }

    [Fact]
    public async Task Message_WhileACopyIsOnItsWay_KeepsItOut()
    {
        var (one, other, _) = await OpenTwoAsync();
        await Far.SetAsync("key", Bytes("old"));
        var (hasRead, mayAnswer) = Far.HoldBack("look up");
        var reading = other.GetAsync("key").AsTask();
        await hasRead;
        await one.SetAsync("key", Bytes("new"));
        await SettleAsync(one, other);
        mayAnswer.SetResult();
        Assert.Equal("old", Text(await reading));
        Assert.Equal("new", Text(await other.GetAsync("key")));
    }

    [Fact]
    public async Task MessagesLost_DropEveryCopy()
    {
        var (one, other, channels) = await OpenTwoAsync();
        await other.SetAsync("key", Bytes("old"));
        await SettleAsync(one, other);
        await Far.SetAsync("key", Bytes("new"));
        await channels[1].LoseAsync();
        Assert.Equal("new", Text(await other.GetAsync("key")));
        Assert.Equal(1, (await other.GetTieredStatsAsync()).LostMessages);
    }

    [Fact]
    public async Task Channel_ThatFails_FailsNoWriteAndSendsLater()
    {
        var (one, other, channels) = await OpenTwoAsync();
        await one.SetAsync("key", Bytes("old"));
        await SettleAsync(one, other);
        await other.GetAsync("key");
        channels[0].Fails = true;
        Assert.Equal(SetOutcome.Stored, await one.SetAsync("key", Bytes("new")));
        await Clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal(1, (await one.GetTieredStatsAsync()).UnsentKeys);
        Assert.Equal("old", Text(await other.GetAsync("key")));
        channels[0].Fails = false;
        Clock.Advance(TimeSpan.FromSeconds(1));
        await SettleAsync(one, other);
        Assert.Equal("new", Text(await other.GetAsync("key")));
    }

    [Fact]
    public async Task Changes_TooManyToRememberWhileTheChannelFails_AreToldAsEverything()
    {
        var (one, other, channels) = await OpenTwoAsync();
        await other.SetAsync("another", Bytes("value"));
        await SettleAsync(one, other);
        channels[0].Fails = true;
        await one.SetManyAsync(Enumerable.Range(0, 10_001).Select(i => new SetRequest($"key {i}", Bytes("value"))));
        await Clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        channels[0].Fails = false;
        Clock.Advance(TimeSpan.FromSeconds(1));
        await SettleAsync(one, other);
        Assert.Equal(TieredLookupOutcome.Far, (await other.LookUpAsync("another")).Outcome);
    }

    [Fact]
    public async Task Dispose_ClosesTheChannelAndBothTiers()
    {
        var (one, _, channels) = await OpenTwoAsync();
        await one.DisposeAsync();
        Assert.True(channels[0].IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Far.GetAsync("key").AsTask());
    }

    private static async Task SettleAsync(params TieredBackend[] all)
    {
        foreach (var tiers in all) await UntilAsync(() => tiers.GetTieredStatsAsync().AsTask().GetAwaiter().GetResult().UnsentKeys == 0);
    }

    private async Task<(TieredBackend One, TieredBackend Other, LoopbackChannel[] Channels)> OpenTwoAsync()
    {
        var channels = LoopbackChannel.Create(2);
        return (await OpenAsync(new TieredBackendOptions { Invalidation = channels[0] }), await OpenAsync(new TieredBackendOptions { Invalidation = channels[1] }, NewNear()), channels);
    }
}
