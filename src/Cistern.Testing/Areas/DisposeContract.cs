using System.Buffers;
using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: the end of a backend.</summary>
public abstract class DisposeContract : SyncFaceContract
{
    private protected DisposeContract()
    {
    }

    [Fact]
    public void Dispose_Twice_DoesNothingMore()
    {
        Backend.Dispose();
        Backend.Dispose();
    }

    [Fact]
    public async Task DisposeAsync_Twice_DoesNothingMore()
    {
        await Backend.DisposeAsync();
        await Backend.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_BothWays_DoesNothingMore(bool syncFirst)
    {
        await StoreAsync("key");
        if (syncFirst) Backend.Dispose();
        await Backend.DisposeAsync();
        Backend.Dispose();
    }

    [Fact]
    public async Task Dispose_ByManyAtOnce_HappensOnce()
    {
        await StoreAsync("key");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            if (i % 2 == 0) await Backend.DisposeAsync();
            else Backend.Dispose();
        })));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposed_EveryMember_Throws(bool sync)
    {
        await StoreAsync("key");
        if (sync) Backend.Dispose();
        else await Backend.DisposeAsync();
        foreach (var (member, call) in MemberCalls.All(Backend, "key")) AssertDisposed(member, await Record.ExceptionAsync(call));
        AssertDisposed("ResetStats", Record.Exception(Backend.ResetStats));
    }

    [Fact]
    public void Disposed_EveryMemberOfTheSyncFace_Throws()
    {
        Sync.Set("key", Bytes("value"));
        Backend.Dispose();
        foreach (var (member, call) in MemberCalls.OfKey(Sync, "key")) AssertDisposed(member, Record.Exception(call));
    }

    [Fact]
    public async Task Disposed_WhatItIs_CanStillBeAsked()
    {
        var (name, capabilities) = (Backend.Name, Backend.Capabilities);
        await Backend.DisposeAsync();
        Assert.Equal(name, Backend.Name);
        Assert.Equal(capabilities, Backend.Capabilities);
    }

    [Fact]
    public async Task Disposed_WhatWasReadBefore_StaysReadable()
    {
        await StoreAsync("key", "value", new SetOptions { Metadata = new Dictionary<string, string> { ["type"] = "text" } });
        var entry = await EntryAsync("key");
        var buffer = new ArrayBufferWriter<byte>();
        await Backend.TryGetAsync("key", buffer);
        await Backend.DisposeAsync();
        Assert.Equal("value"u8, entry.Value.Span);
        Assert.Equal("text", entry.Metadata["type"]);
        Assert.Equal("value"u8, buffer.WrittenSpan);
    }

    [Fact]
    public async Task Disposed_WhileListing_TheListingThrows()
    {
        await StoreAsync("a");
        await StoreAsync("b");
        await using var listing = Listing().GetAsyncEnumerator();
        Assert.True(await listing.MoveNextAsync());
        await Backend.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await listing.MoveNextAsync());
    }

    private static void AssertDisposed(string member, Exception? thrown) =>
        Assert.True(thrown is ObjectDisposedException, $"{member}: {thrown?.GetType().Name ?? "nothing"} was thrown.");
}
