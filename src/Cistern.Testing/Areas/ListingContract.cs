using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: a listing while the backend changes under it.</summary>
public abstract class ListingContract : PatternContract
{
    private protected ListingContract()
    {
    }

    /// <summary>How long a call may hang before the test says so. Real time: what hangs does not look at the clock.</summary>
    private protected static TimeSpan Patience => TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Keys_Empty_ListsNothing() => Assert.Empty(await KeysAsync());

    [Fact]
    public async Task Keys_OfABackendThatDoesNotList_AreAFaultAndSoIsClearing()
    {
        if (Backend.Capabilities.ListsKeys) Assert.Skip("The backend lists its keys.");
        await StoreAsync("key");
        foreach (var (member, call) in MemberCalls.All(Backend, "other").Where(call => MemberCalls.NeedsListing(call.Member)))
        {
            Assert.True(await Record.ExceptionAsync(call) is CacheBackendException, member);
        }

        Assert.Equal("value", await TextAsync("key"));
    }

    [Fact]
    public async Task Keys_OverwrittenAndDeletedKeys_AreListedAsTheyAreNow()
    {
        await StoreAsync("overwritten", "1");
        await StoreAsync("overwritten", "2");
        await StoreAsync("deleted");
        await Backend.DeleteAsync("deleted");
        Assert.Equal(["overwritten"], await KeysAsync());
    }

    [Fact]
    public async Task Keys_AThousand_AreEachListed()
    {
        var keys = await StoreManyAsync(1_000);
        var listed = new List<string>();
        await foreach (var key in Listing()) listed.Add(key);
        Assert.Equal(keys.ToHashSet(), listed.ToHashSet());
        if (!Backend.Capabilities.KeysMayRepeat) Assert.Equal(keys.Count, listed.Count);
    }

    [Fact]
    public async Task Keys_DeletedWhileListing_EachIsSeenAndAllAreGone()
    {
        var keys = await StoreManyAsync(300);
        var seen = new HashSet<string>();
        await foreach (var key in Listing())
        {
            if (seen.Add(key)) Assert.True(await Backend.DeleteAsync(key));
        }

        Assert.Equal(keys.ToHashSet(), seen);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Keys_OthersAddedAndDeletedWhileListing_TheRestIsSeen()
    {
        var keys = await StoreManyAsync(300);
        for (var i = 0; i < 300; i++) await StoreAsync($"doomed {i}");
        var seen = new HashSet<string>();
        var step = 0;
        await foreach (var key in Listing())
        {
            seen.Add(key);
            if (step == 300) continue;
            await Backend.DeleteAsync($"doomed {step}");
            await StoreAsync($"added {step++}");
        }

        Assert.Superset(keys.ToHashSet(), seen);
        Assert.Equal(keys.Concat(Enumerable.Range(0, 300).Select(i => $"added {i}")).Order(StringComparer.Ordinal), await KeysAsync());
    }

    [Fact]
    public async Task Keys_OverwrittenWhileListing_EachIsSeen()
    {
        var keys = await StoreManyAsync(200);
        var seen = new HashSet<string>();
        var overwrites = 0;
        await foreach (var key in Listing())
        {
            seen.Add(key);
            if (overwrites++ < 400) await StoreAsync(key, new string('x', 100));
        }

        Assert.Equal(keys.ToHashSet(), seen);
    }

    [Fact]
    public async Task Keys_ClearedWhileListing_Ends()
    {
        await StoreManyAsync(50);
        await foreach (var _ in Listing()) await ClearAsync();
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Keys_SuspendedBetweenTwoItems_BlocksNobody()
    {
        await StoreManyAsync(10);
        await using var listing = Listing().GetAsyncEnumerator();
        Assert.True(await listing.MoveNextAsync());

        // On another thread: a lock that this one holds would let itself in again.
        var others = Task.Run(async () =>
        {
            await StoreAsync("added");
            await StoreAsync("key 1", "overwritten");
            await Backend.DeleteAsync("key 2");
            Assert.Equal("overwritten", await TextAsync("key 1"));
            Assert.Equal(10, (await KeysAsync()).Count);
            Assert.Equal(10, await ClearAsync());
        });
        try { await others.WaitAsync(Patience); }
        catch (TimeoutException) { Assert.Fail("A suspended listing blocks other callers."); }
    }

    [Fact]
    public async Task Keys_ListingLeftEarly_LeavesTheBackendUsable()
    {
        await StoreManyAsync(100);
        for (var i = 0; i < 20; i++)
        {
            await foreach (var _ in Listing()) break;
        }

        await StoreAsync("after");
        Assert.Equal(101, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task Keys_TwoListingsInTurn_EachSeesEverything()
    {
        var keys = await StoreManyAsync(50);
        await using var first = Listing().GetAsyncEnumerator();
        await using var second = Listing().GetAsyncEnumerator();
        HashSet<string> seenByFirst = [], seenBySecond = [];
        bool firstGoesOn = true, secondGoesOn = true;
        while (firstGoesOn || secondGoesOn)
        {
            if (firstGoesOn && (firstGoesOn = await first.MoveNextAsync())) seenByFirst.Add(first.Current);
            if (secondGoesOn && (secondGoesOn = await second.MoveNextAsync())) seenBySecond.Add(second.Current);
        }

        Assert.Equal(keys.ToHashSet(), seenByFirst);
        Assert.Equal(keys.ToHashSet(), seenBySecond);
    }

    [Fact]
    public async Task Keys_OneListingEnumeratedTwice_ListsWhatIsThereEachTime()
    {
        await StoreAsync("first");
        var listing = Listing();
        Assert.Equal(["first"], await listing.ToListAsync());
        await StoreAsync("second");
        Assert.Equal(["first", "second"], (await listing.ToListAsync()).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Keys_CancelledBetweenTwoItems_Throws()
    {
        await StoreManyAsync(10);
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Listing().WithCancellation(cancellation.Token)) await cancellation.CancelAsync();
        });
    }

    private async Task<List<string>> StoreManyAsync(int count)
    {
        var keys = Enumerable.Range(0, count).Select(i => $"key {i}").ToList();
        await Backend.SetManyAsync(keys.Select(key => Request(key, "value")));
        return keys;
    }
}
