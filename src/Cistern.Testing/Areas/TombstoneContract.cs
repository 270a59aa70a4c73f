using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: a versioned delete keeps older values out for a while, even where no entry was.</summary>
public abstract class TombstoneContract : VersionContract
{
    private protected TombstoneContract()
    {
    }

    [Theory]
    [MemberData(nameof(LowerAndHigher))]
    public async Task VersionedDelete_OlderThanTheEntry_IsFalseAndChangesNothing(long lower, long higher)
    {
        await StoreAsync("key", "value", SetOptions.IfNewer(higher) with { TimeToLive = TimeSpan.FromSeconds(30) });
        var before = await EntryAsync("key");
        Assert.False(await Backend.DeleteAsync("key", lower));
        await AssertUnchangedAsync(before);

        // No tombstone either: it would be invisible now, outlive a clear, and keep values out later.
        await ClearAsync();
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "value", SetOptions.IfNewer(lower)));
    }

    [Theory]
    [MemberData(nameof(LowerAndHigher))]
    public async Task VersionedDelete_NewerThanTheEntry_KeepsOlderOnesOut(long lower, long higher)
    {
        await StoreAsync("key", "value", SetOptions.IfNewer(lower));
        Assert.True(await Backend.DeleteAsync("key", higher));
        Assert.Null(await TextAsync("key"));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(lower)));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "same", SetOptions.IfNewer(higher)));
        Assert.Null(await TextAsync("key"));
    }

    [Theory]
    [MemberData(nameof(LowerAndHigher))]
    public async Task Tombstone_HigherVersion_IsStored(long lower, long higher)
    {
        Assert.False(await Backend.DeleteAsync("key", lower));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "new", SetOptions.IfNewer(higher)));
        Assert.Equal("new", await TextAsync("key"));
    }

    [Fact]
    public async Task VersionedDelete_SameVersionAsTheEntry_DeletesIt()
    {
        await StoreAsync("key", "value", SetOptions.IfNewer(5));
        Assert.True(await Backend.DeleteAsync("key", 5));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "same", SetOptions.IfNewer(5)));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "next", SetOptions.IfNewer(6)));
    }

    [Fact]
    public async Task VersionedDelete_NothingThere_IsFalseAndLeavesATombstone()
    {
        Assert.False(await Backend.DeleteAsync("key", 5));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(4)));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "same", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task VersionedDelete_UnversionedEntry_DeletesItAndLeavesATombstone()
    {
        await StoreAsync("key", "plain");
        Assert.True(await Backend.DeleteAsync("key", long.MinValue));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(long.MinValue)));
    }

    [Fact]
    public async Task VersionedDelete_ExpiredEntry_IsFalseAndLeavesATombstone()
    {
        await StoreAsync("key", "value", Lasting(100) with { Condition = SetCondition.IfNewer, Version = 10 });
        Advance(100);
        Assert.False(await Backend.DeleteAsync("key", 5));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(5)));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "new", SetOptions.IfNewer(6)));
    }

    [Fact]
    public async Task VersionedDelete_OlderThanTheTombstone_KeepsTheHigherVersion()
    {
        await Backend.DeleteAsync("key", 10);
        Assert.False(await Backend.DeleteAsync("key", 5));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(10)));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "new", SetOptions.IfNewer(11)));
    }

    [Fact]
    public async Task VersionedDelete_NewerThanTheTombstone_RaisesIt()
    {
        await Backend.DeleteAsync("key", 5);
        await Backend.DeleteAsync("key", 10);
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(10)));
    }

    [Fact]
    public async Task Tombstone_IsNoEntry()
    {
        await StoreAsync("key", "value", SetOptions.IfNewer(5));
        await Backend.DeleteAsync("key", 5);
        Assert.Null(await Backend.GetAsync("key"));
        Assert.Null(await Backend.GetEntryAsync("key"));
        Assert.False(await Backend.ExistsAsync("key"));
        Assert.Empty(await Backend.GetManyAsync(["key"]));
        Assert.Empty(await Backend.ExistsManyAsync(["key"]));
        Assert.Empty(await KeysAsync());
        Assert.False(await Backend.TouchAsync("key", TimeSpan.FromHours(1)));
        Assert.False(await Backend.DeleteAsync("key", 6));
        Assert.Equal(0, await Backend.DeleteManyAsync(["key"]));
        await Backend.DeleteAsync("key", 7);
        Assert.Equal(0, await ClearAsync());
    }

    [Fact]
    public async Task Tombstone_OtherKeys_AreFree()
    {
        await Backend.DeleteAsync("key", 10);
        Assert.Equal(SetOutcome.Stored, await SetAsync("other", "value", SetOptions.IfNewer(1)));
    }
}
