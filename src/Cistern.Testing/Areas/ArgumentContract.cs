using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: null arguments, and tokens that were cancelled before the call.</summary>
public abstract class ArgumentContract : RemovalContract
{
    private protected ArgumentContract()
    {
    }

    [Fact]
    public async Task NullArgument_EveryMember_Throws()
    {
        await StoreAsync("key", "kept");
        await Assert.ThrowsAsync<ArgumentNullException>(() => Backend.TryGetAsync("key", null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Backend.TryGetAsync("missing", null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Backend.GetManyAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Backend.LookUpEntriesAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Backend.ExistsManyAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Backend.SetManyAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Backend.DeleteManyAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => KeysAsync(null!));
        await AssertCountedAsync(hits: 0, misses: 0, sets: 1, deletes: 0);
        Assert.Equal("kept", await TextAsync("key"));
    }

    [Fact]
    public async Task NullOptions_AreTheDefaultOnes()
    {
        await Backend.SetAsync("key", Bytes("value"), null);
        await Backend.SetManyAsync([new SetRequest("batch", Bytes("value"), null)]);
        Assert.Null((await EntryAsync("key")).ExpiresAt);
        Assert.Null((await EntryAsync("batch")).ExpiresAt);
    }

    [Fact]
    public async Task DefaultMemory_IsAnEmptyValue()
    {
        await Backend.SetAsync("key", default(ReadOnlyMemory<byte>));
        await Backend.SetManyAsync([new SetRequest("batch", default)]);
        Assert.Equal("", await TextAsync("key"));
        Assert.Equal("", await TextAsync("batch"));
    }

    [Fact]
    public async Task CancelledToken_EveryMember_ThrowsAndChangesNothing()
    {
        await StoreAsync("key", "kept", Lasting(5_000));
        await StoreAsync("other", "kept");
        var before = await EntryAsync("key");
        var cancelled = new CancellationToken(canceled: true);
        foreach (var (member, call) in MemberCalls.All(Backend, "key", cancelled))
        {
            var thrown = await Record.ExceptionAsync(call);
            Assert.True(thrown is OperationCanceledException, $"{member}: {thrown?.GetType().Name ?? "nothing"} was thrown.");
        }

        await AssertUnchangedAsync(before);
        Assert.Equal(["key", "other"], await KeysAsync());
        await AssertCountedAsync(hits: 0, misses: 0, sets: 2, deletes: 0);
        Assert.Equal(SetOutcome.Stored, await SetAsync("key", "no tombstone was left", SetOptions.IfNewer(1)));
    }

    [Fact]
    public async Task UncancelledToken_EveryMember_IsServed()
    {
        using var cancellation = new CancellationTokenSource();
        await StoreAsync("key");
        foreach (var (member, call) in MemberCalls.All(Backend, "key", cancellation.Token))
        {
            if (!Backend.Capabilities.ListsKeys && MemberCalls.NeedsListing(member)) continue;
            var thrown = await Record.ExceptionAsync(call);
            Assert.True(thrown is null, $"{member}: {thrown?.GetType().Name} was thrown.");
        }
    }
}
