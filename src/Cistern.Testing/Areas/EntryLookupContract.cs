using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: lookups that return whole entries.</summary>
public abstract class EntryLookupContract : StatsContract
{
    private protected EntryLookupContract()
    {
    }

    [Fact]
    public async Task LookUpEntries_FindsWhatIsThere_ByExactKey()
    {
        await StoreAsync("a", "one");
        await StoreAsync("B", "two");
        var found = await Backend.LookUpEntriesAsync(["a", "A", "B", "missing", "a"]);
        Assert.Equal(["B", "a"], found.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("one"u8, found["a"].Value.Span);
        Assert.Equal("two"u8, found["B"].Value.Span);
        Assert.Equal("B", found["B"].Key);
    }

    [Fact]
    public async Task LookUpEntries_NoKey_IsEmpty() => Assert.Empty(await Backend.LookUpEntriesAsync([]));

    [Fact]
    public async Task LookUpEntries_SeveralHundredKeys_FindsEach()
    {
        var requests = Enumerable.Range(0, 700).Select(i => Request($"key {i}", $"value {i}")).ToList();
        await Backend.SetManyAsync(requests);
        var found = await Backend.LookUpEntriesAsync(requests.Select(request => request.Key).Append("missing"));
        Assert.Equal(700, found.Count);
        Assert.All(requests, request => Assert.Equal(request.Value.Span, found[request.Key].Value.Span));
    }

    [Fact]
    public async Task LookUpEntries_OfAnEntryWithEverything_IsWhatAnInspectionSees()
    {
        var options = SetOptions.IfNewer(638993664000000002) with
        {
            TimeToLive = TimeSpan.FromSeconds(10),
            AbsoluteExpiration = StartedAt.AddSeconds(30),
            Metadata = new Dictionary<string, string> { ["type"] = "text" },
        };
        await StoreAsync("key", "value", options);
        Advance(4_000);
        var inspected = await EntryAsync("key");
        var entry = (await Backend.LookUpEntriesAsync(["key"]))["key"];
        Assert.Equal(inspected.Value.Span, entry.Value.Span);
        Assert.Equal(inspected.CreatedAt, entry.CreatedAt);
        Assert.Equal(StartedAt.AddSeconds(10), entry.ExpiresAt);
        Assert.Equal(StartedAt.AddSeconds(30), entry.AbsoluteExpiration);
        Assert.Equal(638993664000000002, entry.Version);
        Assert.Equal("text", Assert.Contains("type", entry.Metadata));
    }

    [Fact]
    public async Task LookUpEntries_AtItsEnd_IsAMiss()
    {
        await StoreAsync("key", "value", Lasting(5));
        Advance(4);
        Assert.Single(await Backend.LookUpEntriesAsync(["key"]));
        Advance(1);
        Assert.Empty(await Backend.LookUpEntriesAsync(["key"]));
    }

    [Fact]
    public async Task LookUpEntries_CountsEachDistinctKey()
    {
        await StoreAsync("a");
        await StoreAsync("b");
        await Backend.LookUpEntriesAsync(["a", "b", "a", "missing", "missing", "gone"]);
        await AssertCountedAsync(hits: 2, misses: 2, sets: 2, deletes: 0);
    }

    [Fact]
    public async Task LookUpEntries_DeletedKeyWithTombstone_IsAMiss()
    {
        await StoreAsync("key", "value", SetOptions.IfNewer(5));
        await Backend.DeleteAsync("key", 7);
        Assert.Empty(await Backend.LookUpEntriesAsync(["key"]));
    }

    [Fact]
    public async Task LookUpEntries_LaterChange_DoesNotReachWhatWasRead()
    {
        await StoreAsync("key", "value");
        var entry = (await Backend.LookUpEntriesAsync(["key"]))["key"];
        await StoreAsync("key", "other");
        Assert.Equal("value"u8, entry.Value.Span);
    }

    [Fact]
    public async Task GetEntry_AfterTheClockWasSetBack_IsNotOfTheFuture()
    {
        if (!Backend.Capabilities.IsShared) Assert.Skip("The backend is nobody else's: it counts its own time, and need not follow the wall clock.");
        await StoreAsync("key");
        Clock.SetUtcNow(StartedAt.AddHours(-1));
        Assert.Equal(StartedAt.AddHours(-1), (await EntryAsync("key")).CreatedAt);
    }
}
