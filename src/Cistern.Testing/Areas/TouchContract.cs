using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: a new TTL without moving the value.</summary>
public abstract class TouchContract : RenewalContract
{
    private protected TouchContract()
    {
    }

    [Fact]
    public async Task Touch_LiveEntry_CountsItsTtlFromNow()
    {
        await StoreAsync("key", "value", Lasting(100));
        Advance(60);
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromMilliseconds(100)));
        Assert.Equal(StartedAt.AddMilliseconds(160), (await EntryAsync("key")).ExpiresAt);
        Advance(99);
        Assert.Equal("value", await TextAsync("key"));
        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Touch_ShorterTtl_EndsSooner()
    {
        await StoreAsync("key", "value", Lasting(10_000));
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromMilliseconds(5)));
        Advance(4);
        Assert.NotNull(await TextAsync("key"));
        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Touch_EntryWithoutTtl_GivesItOne()
    {
        await StoreAsync("key");
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromTicks(1)));
        Assert.Equal(StartedAt.AddMilliseconds(1), (await EntryAsync("key")).ExpiresAt);
        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Touch_Null_RemovesTheTtl()
    {
        await StoreAsync("key", "value", Lasting(100));
        Assert.True(await Backend.TouchAsync("key", null));
        Assert.Null((await EntryAsync("key")).ExpiresAt);
        Advance(100_000);
        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task Touch_LongestTtl_OutlivesEveryone()
    {
        await StoreAsync("key", "value", Lasting(100));
        Assert.True(await Backend.TouchAsync("key", TimeSpan.MaxValue));
        Clock.Advance(TimeSpan.FromDays(365 * 5_000));
        Assert.NotNull(await TextAsync("key"));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(null)]
    public async Task Touch_EntryWithAnAbsoluteEnd_StopsThere(int? milliseconds)
    {
        await StoreAsync("key", "value", Lasting(50) with { AbsoluteExpiration = StartedAt.AddMilliseconds(200) });
        Assert.True(await Backend.TouchAsync("key", milliseconds is { } duration ? TimeSpan.FromMilliseconds(duration) : null));
        var entry = await EntryAsync("key");
        Assert.Equal(StartedAt.AddMilliseconds(200), entry.ExpiresAt);
        Assert.Equal(StartedAt.AddMilliseconds(200), entry.AbsoluteExpiration);
        Advance(199);
        Assert.NotNull(await TextAsync("key"));
        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Touch_ShortThenLong_StillStopsAtTheAbsoluteEnd()
    {
        await StoreAsync("key", "value", new SetOptions { AbsoluteExpiration = StartedAt.AddMilliseconds(200) });
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromMilliseconds(20)));
        Assert.Equal(StartedAt.AddMilliseconds(20), (await EntryAsync("key")).ExpiresAt);
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromHours(1)));
        Assert.Equal(StartedAt.AddMilliseconds(200), (await EntryAsync("key")).ExpiresAt);
    }

    [Fact]
    public async Task Touch_AfterOverwriteWithoutAbsoluteEnd_IsFree()
    {
        await StoreAsync("key", "first", new SetOptions { AbsoluteExpiration = StartedAt.AddMilliseconds(200) });
        await StoreAsync("key", "second");
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromMilliseconds(1_000)));
        Advance(999);
        Assert.Equal("second", await TextAsync("key"));
    }

    [Fact]
    public async Task Touch_KeepsEverythingButTheEnd()
    {
        var options = SetOptions.IfNewer(7) with { TimeToLive = TimeSpan.FromMilliseconds(100), Metadata = new Dictionary<string, string> { ["type"] = "text" } };
        await StoreAsync("key", "value", options);
        var before = await EntryAsync("key");
        Advance(50);
        Assert.True(await Backend.TouchAsync("key", TimeSpan.FromMilliseconds(500)));
        await AssertUnchangedAsync(before with { ExpiresAt = StartedAt.AddMilliseconds(550) });
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "old", SetOptions.IfNewer(6)));
    }

    [Fact]
    public async Task Touch_NothingThere_IsFalseAndCreatesNothing()
    {
        Assert.False(await Backend.TouchAsync("key", TimeSpan.FromSeconds(1)));
        Assert.False(await Backend.TouchAsync("key", null));
        Assert.False(await Backend.ExistsAsync("key"));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(null)]
    public async Task Touch_ExpiredEntry_IsFalseAndDoesNotReviveIt(int? milliseconds)
    {
        await StoreAsync("key", "value", Lasting(100));
        Advance(100);
        Assert.False(await Backend.TouchAsync("key", milliseconds is { } duration ? TimeSpan.FromMilliseconds(duration) : null));
        Assert.Null(await TextAsync("key"));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Touch_DeletedEntry_IsFalse()
    {
        await StoreAsync("key");
        await Backend.DeleteAsync("key");
        Assert.False(await Backend.TouchAsync("key", TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task Touch_NotGreaterThanZero_ThrowsAndChangesNothing(long ticks)
    {
        await StoreAsync("key", "value", Lasting(100));
        var before = await EntryAsync("key");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Backend.TouchAsync("key", TimeSpan.FromTicks(ticks)).AsTask());
        await AssertUnchangedAsync(before);
    }
}
