using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: delete and clear.</summary>
public abstract class DeleteContract : TouchContract
{
    private protected DeleteContract()
    {
    }

    [Fact]
    public async Task Delete_LiveEntry_IsTrueOnce()
    {
        await StoreAsync("key");
        Assert.True(await Backend.DeleteAsync("key"));
        Assert.False(await Backend.DeleteAsync("key"));
    }

    [Fact]
    public async Task Delete_LiveEntry_IsGoneForEveryMember()
    {
        await StoreAsync("key");
        await StoreAsync("other");
        await Backend.DeleteAsync("key");
        Assert.Null(await Backend.GetAsync("key"));
        Assert.Null(await Backend.GetEntryAsync("key"));
        Assert.False(await Backend.ExistsAsync("key"));
        Assert.Single(await Backend.GetManyAsync(["key", "other"]));
        Assert.Single(await Backend.ExistsManyAsync(["key", "other"]));
        Assert.Equal(["other"], await KeysAsync());
    }

    [Fact]
    public async Task Delete_NothingThere_IsFalse()
    {
        await StoreAsync("other");
        Assert.False(await Backend.DeleteAsync("key"));
        Assert.True(await Backend.ExistsAsync("other"));
    }

    [Fact]
    public async Task Delete_EmptyValue_IsTrue()
    {
        await StoreAsync("key", "");
        Assert.True(await Backend.DeleteAsync("key"));
    }

    [Fact]
    public async Task Set_AfterDelete_HasNothingOfTheOldEntry()
    {
        await StoreAsync("key", "first", Lasting(1_000) with { Metadata = new Dictionary<string, string> { ["type"] = "text" } });
        await Backend.DeleteAsync("key");
        await StoreAsync("key", "second");
        var entry = await EntryAsync("key");
        Assert.Null(entry.ExpiresAt);
        Assert.Empty(entry.Metadata);
        Assert.Null(entry.Version);
    }

    [Fact]
    public async Task Clear_RemovesEverythingAndSaysHowMuch()
    {
        for (var i = 0; i < 25; i++) await StoreAsync($"key {i}", "value", i % 2 == 0 ? Lasting(1_000) : null);
        Assert.Equal(25, await ClearAsync());
        Assert.Empty(await KeysAsync());
        Assert.Null(await Backend.GetAsync("key 1"));
        Assert.Equal(0, await ClearAsync());
    }

    [Fact]
    public async Task Clear_Empty_IsZero() => Assert.Equal(0, await ClearAsync());

    [Fact]
    public async Task Clear_OverwrittenEntry_IsCountedOnce()
    {
        await StoreAsync("key", "first");
        await StoreAsync("key", "second");
        Assert.Equal(1, await ClearAsync());
    }

    [Fact]
    public async Task Clear_OnlyExpiredEntries_IsZero()
    {
        await StoreAsync("key", "value", Lasting(1));
        await StoreAsync("other", "value", Lasting(1));
        Advance(1);
        Assert.Equal(0, await ClearAsync());
    }

    [Fact]
    public async Task Clear_ThenSet_StartsAfresh()
    {
        await StoreAsync("key", "first", new SetOptions { Metadata = new Dictionary<string, string> { ["type"] = "text" } });
        await ClearAsync();
        await StoreAsync("key", "second");
        Assert.Equal("second", await TextAsync("key"));
        Assert.Empty((await EntryAsync("key")).Metadata);
        Assert.Equal(1, await ClearAsync());
    }
}
