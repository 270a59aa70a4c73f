using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: an entry's end belongs to that very entry, and never reaches the one set after it.</summary>
public abstract class RenewalContract : ExpirationContract
{
    private protected RenewalContract()
    {
    }

    [Fact]
    public async Task Overwrite_WithoutTtl_OutlivesTheOldEnd()
    {
        await StoreAsync("key", "first", Lasting(100));
        await StoreAsync("key", "second");
        Advance(100);
        Assert.Equal("second", await TextAsync("key"));
        Assert.Null((await EntryAsync("key")).ExpiresAt);
    }

    [Fact]
    public async Task Overwrite_WithALongerTtl_OutlivesTheOldEnd()
    {
        await StoreAsync("key", "first", Lasting(100));
        await StoreAsync("key", "second", Lasting(200));
        Advance(199);
        Assert.Equal("second", await TextAsync("key"));
        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Overwrite_WithAShorterTtl_EndsSooner()
    {
        await StoreAsync("key", "first", Lasting(200));
        await StoreAsync("key", "second", Lasting(100));
        Advance(99);
        Assert.Equal("second", await TextAsync("key"));
        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Set_AfterDelete_OutlivesTheOldEnd()
    {
        await StoreAsync("key", "first", Lasting(100));
        await Backend.DeleteAsync("key");
        await StoreAsync("key", "second");
        Advance(100);
        Assert.Equal("second", await TextAsync("key"));
    }

    [Fact]
    public async Task Set_AfterClear_OutlivesTheOldEnd()
    {
        await StoreAsync("key", "first", Lasting(100));
        await ClearAsync();
        await StoreAsync("key", "second");
        Advance(100);
        Assert.Equal("second", await TextAsync("key"));
    }

    [Fact]
    public async Task Set_AfterExpiry_IsThere()
    {
        await StoreAsync("key", "first", Lasting(100));
        Advance(100);
        await StoreAsync("key", "second");
        Assert.Equal("second", await TextAsync("key"));
        Assert.Equal(["key"], await KeysAsync());
    }

    [Fact]
    public async Task Expiry_ManyEntries_EachAtItsOwnMillisecond()
    {
        // Not in order, so that a backend that keeps them in some order has to.
        for (var i = 0; i < 60; i++) await StoreAsync($"key {i * 37 % 60}", "value", Lasting(i * 37 % 60 + 1));
        for (var now = 0; now <= 60; now++)
        {
            var live = Enumerable.Range(0, 60).Where(i => i + 1 > now).Select(i => $"key {i}").Order(StringComparer.Ordinal);
            Assert.Equal(live, await KeysAsync());
            Advance(1);
        }
    }

    [Fact]
    public async Task Expiry_Renewed_HoldsEachTime()
    {
        for (var round = 0; round < 5; round++)
        {
            await StoreAsync("key", $"value {round}", Lasting(10));
            Advance(9);
            Assert.Equal($"value {round}", await TextAsync("key"));
        }

        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Expiry_LookupsBefore_DoNotExtendIt()
    {
        await StoreAsync("key", "value", Lasting(10));
        for (var i = 0; i < 9; i++)
        {
            Advance(1);
            Assert.NotNull(await TextAsync("key"));
            Assert.True(await Backend.ExistsAsync("key"));
        }

        Advance(1);
        Assert.Null(await TextAsync("key"));
    }

    [Fact]
    public async Task Expiry_OneEntry_LeavesTheOthers()
    {
        await StoreAsync("short", "value", Lasting(10));
        await StoreAsync("long", "value", Lasting(20));
        await StoreAsync("endless", "value");
        Advance(10);
        Assert.Null(await TextAsync("short"));
        Assert.NotNull(await TextAsync("long"));
        Assert.NotNull(await TextAsync("endless"));
    }
}
