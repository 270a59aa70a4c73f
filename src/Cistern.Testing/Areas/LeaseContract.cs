using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: leases, which keep a late fill out.</summary>
public abstract class LeaseContract : ConcurrencyContract
{
    private protected LeaseContract()
    {
    }

    [Fact]
    public async Task Lease_OfABackendThatGivesNone_IsRefused()
    {
        if (Backend.Capabilities.GivesLeases) Assert.Skip("The backend gives leases.");
        await Assert.ThrowsAsync<NotSupportedException>(() => Backend.LeaseAsync("key").AsTask());
        await Assert.ThrowsAsync<ArgumentException>("options", () => Backend.SetAsync("key", Bytes("value"), With(new FillLease(1))).AsTask());
        await Assert.ThrowsAsync<ArgumentException>("requests", () => Backend.SetManyAsync([Request("key", "value", With(new FillLease(1)))]).AsTask());
        Assert.False(await Backend.ExistsAsync("key"));
    }

    [Fact]
    public async Task Lease_OfALiveEntry_IsNone()
    {
        NeedLeases();
        await StoreAsync("key");
        Assert.True((await Backend.LeaseAsync("key")).IsNone);
        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task Lease_OfAnAbsentKey_LeavesItAbsent()
    {
        NeedLeases();
        Assert.False((await Backend.LeaseAsync("key")).IsNone);
        Assert.Null(await Backend.GetEntryAsync("key"));
        Assert.False(await Backend.ExistsAsync("key"));
        Assert.False(await Backend.DeleteAsync("key"));
        await AssertCountedAsync(hits: 0, misses: 0, sets: 0, deletes: 0);
    }

    [Fact]
    public async Task Fill_NobodyChangedTheKey_IsStored()
    {
        NeedLeases();
        Assert.Equal(SetOutcome.Stored, await Backend.SetAsync("one", Bytes("value"), With(await Backend.LeaseAsync("one"))));
        Assert.Equal([SetOutcome.Stored], await Backend.SetManyAsync([Request("two", "value", IfAbsent with { Lease = await Backend.LeaseAsync("two") })]));
        Assert.Equal(SetOutcome.Stored, await Backend.SetAsync("three", Bytes("value"), SetOptions.IfNewer(3) with { Lease = await Backend.LeaseAsync("three") }));
        await StoreAsync("over", "value", Lasting(1));
        Advance(1);
        Assert.Equal(SetOutcome.Stored, await Backend.SetAsync("over", Bytes("value"), With(await Backend.LeaseAsync("over"))));
        foreach (var key in new[] { "one", "two", "three", "over" }) Assert.Equal("value", await TextAsync(key));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("delete version")]
    [InlineData("delete many")]
    [InlineData("set")]
    [InlineData("set and delete")]
    [InlineData("set many")]
    [InlineData("clear")]
    public async Task Fill_SomebodyChangedTheKey_IsSuperseded(string change)
    {
        NeedLeases();
        if (change == "clear" && !Backend.Capabilities.ListsKeys) Assert.Skip("The backend cannot be cleared.");
        if (change == "clear") await StoreAsync("key");
        var lease = change == "clear" ? default : await Backend.LeaseAsync("key");
        switch (change)
        {
            case "delete": await Backend.DeleteAsync("key"); break;
            case "delete version": await Backend.DeleteAsync("key", 7); break;
            case "delete many": await Backend.DeleteManyAsync(["key"]); break;
            case "set": await StoreAsync("key", "newer"); break;
            case "set many": await Backend.SetManyAsync([Request("key", "newer")]); break;
            case "set and delete":
                await StoreAsync("key", "newer");
                await Backend.DeleteAsync("key");
                break;
            default:
                await Backend.ClearAsync();
                lease = await Backend.LeaseAsync("key");
                await StoreAsync("key", "newer");
                await Backend.ClearAsync();
                break;
        }

        var before = await Backend.GetEntryAsync("key");
        Assert.Equal(SetOutcome.Superseded, await Backend.SetAsync("key", Bytes("stale"), With(lease)));
        Assert.Equal([SetOutcome.Superseded], await Backend.SetManyAsync([Request("key", "stale", With(lease))]));
        Assert.Equal(before?.Value.ToArray(), (await Backend.GetEntryAsync("key"))?.Value.ToArray());
    }

    [Fact]
    public async Task Fill_SeveralWithLeases_TheFirstWins()
    {
        NeedLeases();
        var (first, second) = (await Backend.LeaseAsync("key"), await Backend.LeaseAsync("key"));
        Assert.Equal(SetOutcome.Stored, await Backend.SetAsync("key", Bytes("first"), With(first)));
        Assert.Equal(SetOutcome.Superseded, await Backend.SetAsync("key", Bytes("second"), With(second)));
        Assert.Equal("first", await TextAsync("key"));
    }

    private static SetOptions With(FillLease lease) => new() { Lease = lease };

    private void NeedLeases()
    {
        if (!Backend.Capabilities.GivesLeases) Assert.Skip("The backend gives no leases.");
    }
}
