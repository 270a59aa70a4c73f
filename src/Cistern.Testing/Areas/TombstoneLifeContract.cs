using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: what a tombstone survives, and what ends it.</summary>
public abstract class TombstoneLifeContract : TombstoneContract
{
    private protected TombstoneLifeContract()
    {
    }

    private long Retention => (long)TombstoneRetention.TotalMilliseconds;

    [Fact]
    public async Task Tombstone_Clear_Survives()
    {
        await StoreAsync("deleted", "value", SetOptions.IfNewer(10));
        await Backend.DeleteAsync("deleted", 10);
        await Backend.DeleteAsync("absent", 10);
        await StoreAsync("other");
        Assert.Equal(1, await ClearAsync());
        Assert.Equal(SetOutcome.Superseded, await SetAsync("deleted", "late", SetOptions.IfNewer(10)));
        Assert.Equal(SetOutcome.Superseded, await SetAsync("absent", "late", SetOptions.IfNewer(9)));
    }

    [Fact]
    public async Task Tombstone_AtTheEndOfItsRetention_IsForgotten()
    {
        await Backend.DeleteAsync("key", 10);
        Advance(Retention - 1);
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(9)));
        Advance(1);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "late", SetOptions.IfNewer(9)));
        Assert.Equal("late", await TextAsync("key"));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(10)]
    [InlineData(5)]
    public async Task Tombstone_DeletedAgain_LastsFromThen(long version)
    {
        await Backend.DeleteAsync("key", 10);
        Advance(Retention - 1);
        await Backend.DeleteAsync("key", version);
        Advance(Retention - 1);
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(10)));
        Advance(1);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "late", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Tombstone_RefusedSet_DoesNotProlongIt()
    {
        await Backend.DeleteAsync("key", 10);
        Advance(Retention - 1);
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(10) with { TimeToLive = TimeSpan.FromHours(1) }));
        Advance(1);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "late", SetOptions.IfNewer(1)));
    }

    [Fact]
    public async Task Tombstone_Touch_DoesNotProlongIt()
    {
        await Backend.DeleteAsync("key", 10);
        Advance(Retention - 1);
        await Backend.TouchAsync("key", TimeSpan.FromHours(1));
        Advance(1);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "late", SetOptions.IfNewer(1)));
    }

    [Fact]
    public async Task Tombstone_TtlOfTheDeletedEntry_DoesNotEndIt()
    {
        await StoreAsync("key", "value", Lasting(100) with { Condition = SetCondition.IfNewer, Version = 10 });
        await Backend.DeleteAsync("key", 10);
        Advance(100);
        Assert.Equal(SetOutcome.Superseded, await SetAsync("key", "late", SetOptions.IfNewer(10)));
    }

    [Fact]
    public async Task Tombstone_PlainSet_EndsIt()
    {
        await Backend.DeleteAsync("key", 10);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "plain"));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Tombstone_SetIfAbsent_IsStoredAndEndsIt()
    {
        await Backend.DeleteAsync("key", 10);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "absent", IfAbsent));
        Assert.Equal("absent", await TextAsync("key"));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Tombstone_PlainDelete_EndsIt()
    {
        await Backend.DeleteAsync("key", 10);
        Assert.False(await Backend.DeleteAsync("key"));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Tombstone_DeleteMany_EndsIt()
    {
        await Backend.DeleteAsync("key", 10);
        Assert.Equal(0, await Backend.DeleteManyAsync(["key"]));
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Tombstone_NewerEntry_TakesItsPlace()
    {
        await Backend.DeleteAsync("key", 10);
        await StoreAsync("key", "newer", Lasting(100) with { Condition = SetCondition.IfNewer, Version = 20 });
        Advance(100);

        // The entry carried the protection on, and took it along when it expired.
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "older", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Tombstones_Many_EachLastsItsOwnTime()
    {
        for (var i = 0; i < 20; i++)
        {
            await Backend.DeleteAsync($"key {i}", 10);
            Advance(1);
        }

        Advance(Retention - 20);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(SetOutcome.Stored, await SetAsync($"key {i}", "late", SetOptions.IfNewer(5)));
            if (i < 19) Assert.Equal(SetOutcome.Superseded, await SetAsync($"key {i + 1}", "late", SetOptions.IfNewer(5)));
            Advance(1);
        }
    }
}
