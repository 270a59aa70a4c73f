using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: batches do what the same calls one after another would do.</summary>
public abstract class BatchContract : TombstoneLifeContract
{
    private protected BatchContract()
    {
    }

    [Fact]
    public async Task SetMany_OneOutcomePerRequest_InOrder()
    {
        await StoreAsync("present", "kept");
        await StoreAsync("versioned", "kept", SetOptions.IfNewer(5));
        var outcomes = await Backend.SetManyAsync(
        [
            Request("first", "1"),
            Request("present", "lost", IfAbsent),
            Request("versioned", "lost", SetOptions.IfNewer(4)),
            Request("versioned", "lost", SetOptions.IfNewer(5)),
            Request("last", "2"),
        ]);
        Assert.Equal([SetOutcome.Stored, SetOutcome.Present, SetOutcome.Superseded, SetOutcome.AlreadyCurrent, SetOutcome.Stored], outcomes);
        Assert.Equal("1", await TextAsync("first"));
        Assert.Equal("kept", await TextAsync("present"));
        Assert.Equal("kept", await TextAsync("versioned"));
        Assert.Equal("2", await TextAsync("last"));
    }

    [Fact]
    public async Task SetMany_DuplicateKeys_TheLastWins()
    {
        var outcomes = await Backend.SetManyAsync([Request("key", "1"), Request("other", "x"), Request("key", "22"), Request("key", "333")]);
        Assert.Equal(Enumerable.Repeat(SetOutcome.Stored, 4), outcomes);
        Assert.Equal("333", await TextAsync("key"));
        Assert.Equal("x", await TextAsync("other"));
        Assert.Equal(["key", "other"], await KeysAsync());
    }

    [Fact]
    public async Task SetMany_DuplicateKeysIfAbsent_TheFirstWins()
    {
        Assert.Equal([SetOutcome.Stored, SetOutcome.Present], await Backend.SetManyAsync([Request("key", "1", IfAbsent), Request("key", "2", IfAbsent)]));
        Assert.Equal("1", await TextAsync("key"));
    }

    [Fact]
    public async Task SetMany_DuplicateKeysWithVersions_TheHighestWins()
    {
        var outcomes = await Backend.SetManyAsync(
        [
            Request("key", "two", SetOptions.IfNewer(2)),
            Request("key", "one", SetOptions.IfNewer(1)),
            Request("key", "again", SetOptions.IfNewer(2)),
            Request("key", "three", SetOptions.IfNewer(3)),
        ]);
        Assert.Equal([SetOutcome.Stored, SetOutcome.Superseded, SetOutcome.AlreadyCurrent, SetOutcome.Stored], outcomes);
        Assert.Equal("three", await TextAsync("key"));
        Assert.Equal(3, (await EntryAsync("key")).Version);
    }

    [Fact]
    public async Task SetMany_DuplicateKeys_TheLastHasOnlyItsOwnOptions()
    {
        await Backend.SetManyAsync(
        [
            Request("key", "1", Lasting(100) with { Metadata = new Dictionary<string, string> { ["type"] = "text" } }),
            Request("key", "2"),
        ]);
        var entry = await EntryAsync("key");
        Assert.Null(entry.ExpiresAt);
        Assert.Empty(entry.Metadata);
        Advance(100);
        Assert.Equal("2", await TextAsync("key"));
    }

    [Fact]
    public async Task SetMany_Options_BelongToTheirOwnRequest()
    {
        await Backend.SetManyAsync([Request("short", "1", Lasting(100)), Request("endless", "2"), Request("long", "3", Lasting(200)), Request("versioned", "4", SetOptions.IfNewer(7))]);
        Assert.Equal(7, (await EntryAsync("versioned")).Version);
        Assert.Null((await EntryAsync("endless")).Version);
        Advance(100);
        Assert.Equal(["endless", "long", "versioned"], await KeysAsync());
        Advance(100);
        Assert.Equal(["endless", "versioned"], await KeysAsync());
    }

    [Fact]
    public async Task SetMany_OverTombstones_ObeysThem()
    {
        await Backend.DeleteAsync("key", 10);
        Assert.Equal([SetOutcome.Superseded, SetOutcome.Stored], await Backend.SetManyAsync([Request("key", "late", SetOptions.IfNewer(10)), Request("key", "new", SetOptions.IfNewer(11))]));
        Assert.Equal("new", await TextAsync("key"));
    }

    [Fact]
    public async Task SetMany_OneInvalidArgument_ThrowsAndStoresNothing()
    {
        await StoreAsync("kept", "kept");
        SetRequest[] invalid =
        [
            Request(null!, "value"), Request("\0", "value"), Request('\ud83d'.ToString(), "value"),
            Request("key", "value", new SetOptions { TimeToLive = TimeSpan.Zero }),
            Request("key", "value", new SetOptions { AbsoluteExpiration = StartedAt }),
            Request("key", "value", new SetOptions { Version = 1 }),
            Request("key", "value", new SetOptions { Condition = SetCondition.IfNewer }),
            Request("key", "value", new SetOptions { Metadata = new Dictionary<string, string> { ["type"] = null! } }),
        ];
        for (var i = 0; i < invalid.Length; i++)
        {
            var thrown = await Record.ExceptionAsync(() => Backend.SetManyAsync([Request("first", "1"), Request("kept", "lost"), invalid[i]]).AsTask());
            Assert.True(thrown is ArgumentException, $"Invalid request {i}: {thrown?.GetType().Name ?? "nothing"} was thrown.");
            Assert.Equal(["kept"], await KeysAsync());
            Assert.Equal("kept", await TextAsync("kept"));
        }
    }

    [Fact]
    public async Task Batches_Empty_DoNothing()
    {
        await StoreAsync("key");
        Assert.Empty(await Backend.SetManyAsync([]));
        Assert.Empty(await Backend.GetManyAsync([]));
        Assert.Empty(await Backend.ExistsManyAsync([]));
        Assert.Equal(0, await Backend.DeleteManyAsync([]));
        Assert.Equal(["key"], await KeysAsync());
    }

    [Fact]
    public async Task GetMany_FindsWhatIsThere_ByExactKey()
    {
        await StoreAsync("a", "1");
        await StoreAsync("A", "2");
        await StoreAsync("b", "3");
        var found = await Backend.GetManyAsync(["a", "A", "B", "missing", "a", "missing"]);
        Assert.Equal(["A", "a"], found.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Bytes("1"), found["a"]);
        Assert.Equal(Bytes("2"), found["A"]);
        Assert.False(found.ContainsKey("b"));
    }

    [Fact]
    public async Task ExistsMany_FindsWhatIsThere_ByExactKey()
    {
        await StoreAsync("a");
        await StoreAsync("b");
        Assert.Equal(["a"], await Backend.ExistsManyAsync(["a", "A", "B", "missing", "a"]));
    }

    [Fact]
    public async Task DeleteMany_CountsEachLiveEntryOnce()
    {
        await StoreAsync("a");
        await StoreAsync("b");
        await StoreAsync("c");
        Assert.Equal(2, await Backend.DeleteManyAsync(["a", "missing", "a", "b", "missing"]));
        Assert.Equal(["c"], await KeysAsync());
        Assert.Equal(0, await Backend.DeleteManyAsync(["a", "b"]));
    }

    [Fact]
    public async Task Batches_AThousandEntries_AreAllThere()
    {
        var keys = Enumerable.Range(0, 1_000).Select(i => $"key {i}").ToList();
        var outcomes = await Backend.SetManyAsync(keys.Select(key => Request(key, $"value of {key}")));
        Assert.Equal(Enumerable.Repeat(SetOutcome.Stored, 1_000), outcomes);
        var found = await Backend.GetManyAsync(keys);
        Assert.All(keys, key => Assert.Equal(Bytes($"value of {key}"), found[key]));
        Assert.Equal(keys.ToHashSet(), await Backend.ExistsManyAsync(keys));
        Assert.Equal(500, await Backend.DeleteManyAsync(keys.Take(500)));
        Assert.Equal(keys.Skip(500).Order(StringComparer.Ordinal), await KeysAsync());
    }

    private protected static SetRequest Request(string key, string value, SetOptions? options = null) => new(key, Bytes(value), options);
}
