namespace Cistern.Tests.Tiers;

/// <summary>Writes through two tiers.</summary>
public sealed class TieredWriteTests : TieredTest
{
    [Fact]
    public async Task Set_Stored_IsInBothTiers()
    {
        var tiers = await OpenAsync();
        Assert.Equal(new TieredSet(SetOutcome.Stored, NearOutcome.Copied), await tiers.SetInTiersAsync("key", Bytes("value")));
        Assert.Equal("value", Text(await Far.GetAsync("key")));
        Assert.Equal(TieredLookupOutcome.Near, (await tiers.LookUpAsync("key")).Outcome);
        Assert.Equal(1, (await tiers.GetStatsAsync()).Sets);
    }

    [Fact]
    public async Task Set_RefusedByTheFarTier_LeavesItsValueAndNoOldCopy()
    {
        var tiers = await OpenAsync();
        await tiers.SetAsync("key", Bytes("mine"));
        await Far.SetAsync("key", Bytes("another's"));
        var lost = await tiers.SetInTiersAsync("key", Bytes("lost"), new SetOptions { Condition = SetCondition.IfAbsent });
        Assert.Equal(new TieredSet(SetOutcome.Present, NearOutcome.Dropped), lost);
        Assert.Equal("another's", Text(await tiers.GetAsync("key")));
    }

    [Fact]
    public async Task Set_TooLargeForTheNearTier_IsInTheFarOneOnly()
    {
        var tiers = await OpenAsync(near: new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = Clock, MaxSizeBytes = 100 }));
        await tiers.SetAsync("key", Bytes("small"));
        Assert.Equal(new TieredSet(SetOutcome.Stored, NearOutcome.Dropped), await tiers.SetInTiersAsync("key", new byte[200]));
        Assert.Equal(200, (await tiers.GetAsync("key"))!.Length);
        Assert.Equal(200, (await tiers.GetAsync("key"))!.Length);
    }

    [Fact]
    public async Task Set_WithATtl_EndsInBothTiersAtOnce()
    {
        var tiers = await OpenAsync();

        // The far tier takes its time: its entry's TTL begins when it gets it, and the copy must not end later.
        Far.After = call =>
        {
            if (call == "set") Clock.Advance(TimeSpan.FromMilliseconds(400));
            return Task.CompletedTask;
        };
        await tiers.SetAsync("key", Bytes("value"), new SetOptions { TimeToLive = TimeSpan.FromSeconds(1) });
        Clock.Advance(TimeSpan.FromMilliseconds(599));
        Assert.Equal(TieredLookupOutcome.Near, (await tiers.LookUpAsync("key")).Outcome);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await tiers.GetAsync("key"));
    }

    [Fact]
    public async Task Set_ThatFailed_LeavesNoCopy()
    {
        var tiers = await OpenAsync();
        await tiers.SetAsync("key", Bytes("old"));

        // It happened, and the answer was lost.
        Far.After = call => call == "set" ? Task.FromException(new IOException("the line is cut")) : Task.CompletedTask;
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.SetAsync("key", Bytes("new")).AsTask());
        Assert.Equal("new", Text(await tiers.GetAsync("key")));
    }

    [Fact]
    public async Task SetMany_ThatFailed_LeavesNoCopies()
    {
        var tiers = await OpenAsync();
        await tiers.SetManyAsync([new SetRequest("a", Bytes("old")), new SetRequest("b", Bytes("old"))]);
        Far.After = call => call == "set" ? Task.FromException(new IOException("the line is cut")) : Task.CompletedTask;
        await Assert.ThrowsAsync<CacheBackendException>(() => tiers.SetManyAsync([new SetRequest("a", Bytes("new")), new SetRequest("b", Bytes("new"))]).AsTask());
        Assert.Equal("new", Text(await tiers.GetAsync("a")));
        Assert.Equal("old", Text(await tiers.GetAsync("b")));
        Assert.Equal(TieredLookupOutcome.Near, (await tiers.LookUpAsync("b")).Outcome);
    }

    [Fact]
    public async Task SetMany_ManyKeys_AreAllCopied()
    {
        var tiers = await OpenAsync();
        var requests = Enumerable.Range(0, 2_000).Select(i => new SetRequest($"key {i}", Bytes($"value {i}"))).ToList();
        Assert.All(await tiers.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        var calls = Far.Calls;
        var found = await tiers.GetManyAsync(requests.Select(request => request.Key));
        Assert.All(requests, request => Assert.Equal(request.Value.Span, found[request.Key]));
        Assert.Equal(calls, Far.Calls);
    }

    [Fact]
    public async Task SetMany_OfOneKeyTwice_KeepsTheLastThatWasStored()
    {
        var tiers = await OpenAsync();
        var absent = new SetOptions { Condition = SetCondition.IfAbsent };
        var outcomes = await tiers.SetManyAsync([new SetRequest("key", Bytes("first"), absent), new SetRequest("key", Bytes("second"), absent), new SetRequest("other", Bytes("one")), new SetRequest("other", Bytes("two"))]);
        Assert.Equal([SetOutcome.Stored, SetOutcome.Present, SetOutcome.Stored, SetOutcome.Stored], outcomes);
        Assert.Equal("first", Text(await tiers.GetAsync("key")));
        Assert.Equal("two", Text(await tiers.GetAsync("other")));
    }

    [Fact]
    public async Task Set_TwoAtOnce_NeitherLeavesACopyOfTheLoser()
    {
        var tiers = await OpenAsync();
        var firstIsStored = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        var sets = 0;
        Far.After = async call =>
        {
            if (call != "set" || ++sets != 1) return;
            firstIsStored.SetResult();
            await mayAnswer.Task;
        };
        var first = tiers.SetInTiersAsync("key", Bytes("first")).AsTask();
        await firstIsStored.Task;
        await tiers.SetAsync("key", Bytes("second"));
        mayAnswer.SetResult();
        Assert.Equal(NearOutcome.Dropped, (await first).Near);
        Assert.Equal("second", Text(await tiers.GetAsync("key")));
    }

    [Fact]
    public async Task Touch_ThatShortensALife_IsFeltInTheNearTier()
    {
        var tiers = await OpenAsync();
        await tiers.SetAsync("key", Bytes("value"));
        Assert.True(await tiers.TouchAsync("key", TimeSpan.FromSeconds(1)));
        Assert.NotNull(await tiers.GetAsync("key"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await tiers.GetAsync("key"));
    }

    [Fact]
    public async Task Version_OfTheEntry_IsTheFarTiers()
    {
        var tiers = await OpenAsync();
        await tiers.SetAsync("key", Bytes("new"), SetOptions.IfNewer(7));
        Assert.Equal(SetOutcome.Superseded, await tiers.SetAsync("key", Bytes("old"), SetOptions.IfNewer(6)));
        Assert.Equal("new", Text(await tiers.GetAsync("key")));
        Assert.Equal(7, (await tiers.GetEntryAsync("key"))!.Version);
    }
}
