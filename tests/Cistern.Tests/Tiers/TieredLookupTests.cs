namespace Cistern.Tests.Tiers;

/// <summary>Lookups through two tiers.</summary>
public sealed class TieredLookupTests : TieredTest
{
    [Fact]
    public async Task LookUp_OfWhatIsFar_IsFarOnceAndThenNear()
    {
        var tiers = await OpenAsync();
        await Far.SetAsync("key", Bytes("value"));
        var first = await tiers.LookUpAsync("key");
        var calls = Far.Calls;
        var second = await tiers.LookUpAsync("key");
        Assert.Equal(("value", TieredLookupOutcome.Far), (Text(first.Value), first.Outcome));
        Assert.Equal(("value", TieredLookupOutcome.Near), (Text(second.Value), second.Outcome));
        Assert.Equal(calls, Far.Calls);
    }

    [Fact]
    public async Task LookUp_OfWhatIsNowhere_IsAMissEachTime()
    {
        var tiers = await OpenAsync();
        Assert.Equal(new TieredLookup(null, TieredLookupOutcome.Miss), await tiers.LookUpAsync("key"));
        await Far.SetAsync("key", Bytes("value"));
        Assert.Equal("value", Text(await tiers.GetAsync("key")));
    }

    [Fact]
    public async Task Get_OfACopy_EndsWhenTheEntryDoes()
    {
        var tiers = await OpenAsync();
        await Far.SetAsync("key", Bytes("value"), new SetOptions { TimeToLive = TimeSpan.FromSeconds(10) });
        Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.NotNull(await tiers.GetAsync("key"));
        Clock.Advance(TimeSpan.FromMilliseconds(5_999));
        Assert.Equal(TieredLookupOutcome.Near, (await tiers.LookUpAsync("key")).Outcome);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await tiers.GetAsync("key"));
    }

    [Fact]
    public async Task Get_OfACopyPastItsTime_AsksTheFarTierAgain()
    {
        var tiers = await OpenAsync(new TieredBackendOptions { NearTimeToLive = TimeSpan.FromSeconds(3) });
        await tiers.SetAsync("key", Bytes("old"));
        await Far.SetAsync("key", Bytes("new"));
        Clock.Advance(TimeSpan.FromMilliseconds(2_999));
        Assert.Equal("old", Text(await tiers.GetAsync("key")));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("new", Text(await tiers.GetAsync("key")));
    }

    [Fact]
    public async Task Get_OfACopy_CountsFromWhenTheFarTierWasAsked()
    {
        var tiers = await OpenAsync(new TieredBackendOptions { NearTimeToLive = TimeSpan.FromSeconds(10) });
        await Far.SetAsync("key", Bytes("old"));
        Far.After = call =>
        {
            if (call == "look up") Clock.Advance(TimeSpan.FromSeconds(4));
            return Task.CompletedTask;
        };
        Assert.Equal("old", Text(await tiers.GetAsync("key")));
        await Far.SetAsync("key", Bytes("new"));
        Clock.Advance(TimeSpan.FromMilliseconds(5_999));
        Assert.Equal("old", Text(await tiers.GetAsync("key")));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("new", Text(await tiers.GetAsync("key")));
    }

    [Fact]
    public async Task GetMany_AsksTheFarTierOnceForWhatIsNotNear()
    {
        var tiers = await OpenAsync();
        await tiers.SetAsync("near", Bytes("one"));
        await Far.SetAsync("far", Bytes("two"), new SetOptions { TimeToLive = TimeSpan.FromSeconds(5) });
        var calls = Far.Calls;
        var found = await tiers.GetManyAsync(["near", "far", "missing"]);
        Assert.Equal(["far two", "near one"], found.Select(pair => $"{pair.Key} {Text(pair.Value)}").Order());
        Assert.Equal(calls + 1, Far.Calls);
        await tiers.GetManyAsync(["near", "far"]);
        Assert.Equal(calls + 1, Far.Calls);
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("near", Assert.Single(await tiers.GetManyAsync(["near", "far"])).Key);
    }

    [Fact]
    public async Task Get_OfACopy_IsTheCallersToChange()
    {
        var tiers = await OpenAsync();
        await Far.SetAsync("key", Bytes("value"));
        for (var i = 0; i < 3; i++) (await tiers.GetAsync("key")).AsSpan().Clear();
        Assert.Equal("value", Text(await tiers.GetAsync("key")));
        Assert.Equal("value", Text(await Far.GetAsync("key")));
    }

    [Fact]
    public async Task Get_WhileTheKeyIsWritten_KeepsNoOldCopy()
    {
        var tiers = await OpenAsync();
        await Far.SetAsync("key", Bytes("old"));
        var (hasRead, mayAnswer) = Far.HoldBack("look up");
        var reading = tiers.GetAsync("key").AsTask();
        await hasRead;
        await tiers.SetAsync("key", Bytes("new"));
        mayAnswer.SetResult();
        Assert.Equal("old", Text(await reading));
        Assert.Equal("new", Text(await tiers.GetAsync("key")));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("clear")]
    [InlineData("delete many")]
    [InlineData("set many")]
    [InlineData("touch")]
    public async Task Get_WhileTheKeyIsChanged_KeepsNoOldCopy(string change)
    {
        var tiers = await OpenAsync();
        await Far.SetAsync("key", Bytes("old"));
        var (hasRead, mayAnswer) = Far.HoldBack("look up");
        var reading = tiers.GetManyAsync(["key"]).AsTask();
        await hasRead;
        switch (change)
        {
            case "delete": await tiers.DeleteAsync("key"); break;
            case "clear": await tiers.ClearAsync(); break;
            case "delete many": await tiers.DeleteManyAsync(["key"]); break;
            case "touch": await tiers.TouchAsync("key", TimeSpan.FromMilliseconds(1)); break;
            default: await tiers.SetManyAsync([new SetRequest("key", Bytes("new"))]); break;
        }

        mayAnswer.SetResult();
        await reading;
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(change == "set many" ? "new" : null, Text(await tiers.GetAsync("key")));
    }

    [Fact]
    public async Task Stats_TellWhichTierAnswered()
    {
        var tiers = await OpenAsync();
        await Far.SetAsync("key", Bytes("value"));
        await tiers.GetAsync("key");
        await tiers.GetAsync("key");
        await tiers.GetManyAsync(["key", "missing"]);
        await tiers.GetAsync("missing");
        var stats = await tiers.GetTieredStatsAsync();
        Assert.Equal((2, 1, 0, 2, 1), (stats.NearHits, stats.FarHits, stats.StaleHits, stats.Misses, stats.Promotions));
        Assert.Equal(1, stats.Near.CurrentEntries);
        var all = await tiers.GetStatsAsync();
        Assert.Equal((3, 2), (all.Hits, all.Misses));
    }
}
