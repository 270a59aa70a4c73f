using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: the conditions of a set, and that a refused one changes nothing.</summary>
public abstract class SetContract : ValueContract
{
    private protected SetContract()
    {
    }

    [Fact]
    public async Task Set_NothingThere_IsStored() => Assert.Equal(SetOutcome.Stored, await SetAsync("key", "value"));

    [Fact]
    public async Task Set_EntryThere_IsStored()
    {
        await StoreAsync("key", "first");
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "second"));
        Assert.Equal("second", await TextAsync("key"));
    }

    [Fact]
    public async Task Set_OverAFullEntry_ClearsTtlMetadataAndEnd()
    {
        var full = Lasting(1_000) with { AbsoluteExpiration = StartedAt.AddSeconds(2), Metadata = new Dictionary<string, string> { ["type"] = "text" } };
        await StoreAsync("key", "first", full);
        await StoreAsync("key", "second");
        var entry = await EntryAsync("key");
        Assert.Null(entry.ExpiresAt);
        Assert.Null(entry.AbsoluteExpiration);
        Assert.Empty(entry.Metadata);
        Advance(10_000);
        Assert.Equal("second", await TextAsync("key"));
    }

    [Fact]
    public async Task SetIfAbsent_NothingThere_IsStored()
    {
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "value", IfAbsent));
        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task SetIfAbsent_EntryThere_IsPresentAndChangesNothing()
    {
        var full = Lasting(1_000) with { Metadata = new Dictionary<string, string> { ["type"] = "text" } };
        await StoreAsync("key", "first", full);
        var before = await EntryAsync("key");
        Advance(10);
        var other = IfAbsent with { TimeToLive = TimeSpan.FromHours(1), Metadata = new Dictionary<string, string> { ["other"] = "other" } };
        Assert.Equal(SetOutcome.Present, await SetAsync("key", "second", other));
        await AssertUnchangedAsync(before);
    }

    [Fact]
    public async Task SetIfAbsent_EmptyValueThere_IsPresent()
    {
        await StoreAsync("key", "");
        Assert.Equal(SetOutcome.Present, await SetAsync("key", "second", IfAbsent));
    }

    [Fact]
    public async Task SetIfAbsent_VersionedEntryThere_IsPresentAndKeepsItsVersion()
    {
        await StoreAsync("key", "first", SetOptions.IfNewer(5));
        var before = await EntryAsync("key");
        Assert.Equal(SetOutcome.Present, await SetAsync("key", "second", IfAbsent));
        await AssertUnchangedAsync(before);
    }

    [Fact]
    public async Task SetIfAbsent_ExpiredEntryThere_IsStored()
    {
        await StoreAsync("key", "first", Lasting(1_000));
        Advance(999);
        Assert.Equal(SetOutcome.Present, await SetAsync("key", "second", IfAbsent));
        Advance(1);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "second", IfAbsent));
        Advance(10_000);
        Assert.Equal("second", await TextAsync("key"));
    }

    [Fact]
    public async Task SetIfAbsent_DeletedEntry_IsStored()
    {
        await StoreAsync("key", "first");
        await Backend.DeleteAsync("key");
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "second", IfAbsent));
    }

    [Fact]
    public async Task RefusedSet_WithALongerTtl_DoesNotExtendTheEntry()
    {
        await StoreAsync("absent", "first", Lasting(1_000));
        await StoreAsync("newer", "first", Lasting(1_000) with { Condition = SetCondition.IfNewer, Version = 5 });
        Advance(500);
        Assert.Equal(SetOutcome.Present, await SetAsync("absent", "second", IfAbsent with { TimeToLive = TimeSpan.FromHours(1) }));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("newer", "second", SetOptions.IfNewer(4) with { TimeToLive = TimeSpan.FromHours(1) }));
        Assert.Equal(SetOutcome.AlreadyCurrent, await SetAsync("newer", "second", SetOptions.IfNewer(5) with { TimeToLive = TimeSpan.FromHours(1) }));
        Advance(500);
        Assert.Null(await Backend.GetAsync("absent"));
        Assert.Null(await Backend.GetAsync("newer"));
    }

    [Fact]
    public async Task RefusedSet_WithAShorterTtl_DoesNotShortenTheEntry()
    {
        await StoreAsync("key", "first", SetOptions.IfNewer(5));
        Assert.Equal(SetOutcome.Present, await SetAsync("key", "second", IfAbsent with { TimeToLive = TimeSpan.FromMilliseconds(1) }));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "second", SetOptions.IfNewer(4) with { TimeToLive = TimeSpan.FromMilliseconds(1) }));
        Assert.Equal(SetOutcome.AlreadyCurrent, await SetAsync("key", "second", SetOptions.IfNewer(5) with { TimeToLive = TimeSpan.FromMilliseconds(1) }));
        Advance(1_000);
        Assert.Equal("first", await TextAsync("key"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public async Task Set_UnknownCondition_Throws(int condition)
    {
        await StoreAsync("key", "kept");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SetAsync("key", "second", new SetOptions { Condition = (SetCondition)condition }));
        Assert.Equal("kept", await TextAsync("key"));
    }

    [Fact]
    public async Task Set_OneOptionsObjectForManyKeys_CountsFromEachSet()
    {
        var options = Lasting(1_000);
        await StoreAsync("first", "value", options);
        Advance(600);
        await StoreAsync("second", "value", options);
        Advance(400);
        Assert.False(await Backend.ExistsAsync("first"));
        Assert.True(await Backend.ExistsAsync("second"));
        Advance(600);
        Assert.False(await Backend.ExistsAsync("second"));
    }
}
