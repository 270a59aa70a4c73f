using System.Buffers;
using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: which entry goes when there is no room, and what counts as a use.</summary>
public abstract class EvictionContract : BoundsContract
{
    private protected EvictionContract()
    {
    }

    [Fact]
    public async Task Lru_NothingRead_TheFirstSetGoes() => await AssertFirstToGoAsync(EvictionMode.Lru, "a", _ => Task.CompletedTask);

    [Fact]
    public async Task Lru_Get_MakesAnEntryTheLastToGo() => await AssertFirstToGoAsync(EvictionMode.Lru, "b", async backend => await backend.GetAsync("a"));

    [Fact]
    public async Task Lru_TryGet_MakesAnEntryTheLastToGo() =>
        await AssertFirstToGoAsync(EvictionMode.Lru, "b", async backend => await backend.TryGetAsync("a", new ArrayBufferWriter<byte>()));

    [Fact]
    public async Task Lru_GetMany_MakesItsEntriesTheLastToGo() => await AssertFirstToGoAsync(EvictionMode.Lru, "c", async backend => await backend.GetManyAsync(["a", "b", "missing"]));

    [Fact]
    public async Task Lru_LookUpEntries_MakesItsEntriesTheLastToGo() =>
        await AssertFirstToGoAsync(EvictionMode.Lru, "c", async backend => await backend.LookUpEntriesAsync(["a", "b", "missing"]));

    [Fact]
    public async Task Lru_Overwrite_MakesAnEntryTheLastToGo() => await AssertFirstToGoAsync(EvictionMode.Lru, "b", async backend => await StoreAsync(backend, "a", "again"));

    [Fact]
    public async Task Lru_SeveralReads_TheLongestUnreadGoes() => await AssertFirstToGoAsync(EvictionMode.Lru, "b", async backend =>
    {
        foreach (var key in new[] { "c", "b", "a", "c", "a" }) await backend.GetAsync(key);
    });

    [Fact]
    public async Task Lru_Inspection_IsNoUse() => await AssertFirstToGoAsync(EvictionMode.Lru, "a", async backend =>
    {
        Assert.NotNull(await backend.GetEntryAsync("a"));
        Assert.True(await backend.ExistsAsync("a"));
        Assert.Single(await backend.ExistsManyAsync(["a"]));
        Assert.Equal(["a"], await KeysAsync(backend, "[a]"));
    });

    [Fact]
    public async Task Lru_Touch_IsNoUse() => await AssertFirstToGoAsync(EvictionMode.Lru, "a", async backend => Assert.True(await backend.TouchAsync("a", TimeSpan.FromHours(1))));

    [Fact]
    public async Task Lru_RefusedSet_IsNoUse() => await AssertFirstToGoAsync(EvictionMode.Lru, "a", async backend =>
    {
        Assert.Equal(SetOutcome.Present, await backend.SetAsync("a", Bytes("lost"), IfAbsent));
        Assert.Equal([SetOutcome.Present], await backend.SetManyAsync([Request("a", "lost", IfAbsent)]));
    });

    [Fact]
    public async Task Lru_ManyEvictions_GoInOrder()
    {
        var backend = await OpenOrderedAsync(EvictionMode.Lru, capacity: 5);
        for (var i = 0; i < 5; i++) await StoreAsync(backend, $"key {i}", "value");
        foreach (var i in new[] { 3, 0, 4, 1, 2 }) await backend.GetAsync($"key {i}");
        foreach (var i in new[] { 3, 0, 4, 1, 2 })
        {
            Assert.True(await backend.ExistsAsync($"key {i}"));
            await StoreAsync(backend, $"new {i}", "value");
            Assert.False(await backend.ExistsAsync($"key {i}"));
        }
    }

    [Fact]
    public async Task Lru_ALargeEntry_TakesNoMoreThanItNeeds()
    {
        if (Eviction != EvictionMode.Lru) Assert.Skip("The backend does not evict the least recently used entry first.");
        var backend = await OpenBoundedAsync(capacity: null, maxSizeBytes: 100);
        for (var i = 0; i < 10; i++) await StoreAsync(backend, $"key {i}", Sized(10));
        await StoreAsync(backend, "large", Sized(35));
        Assert.Equal(["key 4", "key 5", "key 6", "key 7", "key 8", "key 9", "large"], await KeysAsync(backend));
    }

    [Fact]
    public async Task OldestAdded_ReadsAndOverwrites_KeepAnEntrysAge() => await AssertFirstToGoAsync(EvictionMode.OldestAdded, "a", async backend =>
    {
        await backend.GetAsync("a");
        await StoreAsync(backend, "a", "again");
        await backend.GetManyAsync(["a"]);
    });

    [Fact]
    public async Task OldestAdded_DeletedAndSetAgain_IsNew() => await AssertFirstToGoAsync(EvictionMode.OldestAdded, "b", async backend =>
    {
        await backend.DeleteAsync("a");
        await StoreAsync(backend, "a", "again");
    });

    [Fact]
    public async Task Eviction_EndsTheProtectionOfAVersion()
    {
        var backend = await OpenBoundedAsync(capacity: 1, maxSizeBytes: null);
        await StoreAsync(backend, "key", "value", SetOptions.IfNewer(10));
        await StoreAsync(backend, "other", "value");
        await StoreAsync(backend, "key", "older", SetOptions.IfNewer(5));
        Assert.Equal(5, (await backend.GetEntryAsync("key"))?.Version);
    }

    [Fact]
    public async Task Eviction_TheTtlOfAnEvictedEntry_DoesNotReachTheNext()
    {
        var backend = await OpenBoundedAsync(capacity: 1, maxSizeBytes: null);
        await StoreAsync(backend, "key", "first", Lasting(10));
        await StoreAsync(backend, "other", "value");
        await StoreAsync(backend, "key", "second");
        Advance(10);
        Assert.Equal("second", await backend.GetStringAsync("key"));
    }

    private async Task<CacheBackend> OpenOrderedAsync(EvictionMode mode, long capacity)
    {
        if (Eviction != mode) Assert.Skip($"The order of eviction is not {mode}.");
        return await OpenBoundedAsync(capacity, maxSizeBytes: null);
    }

    private async Task AssertFirstToGoAsync(EvictionMode mode, string expected, Func<CacheBackend, Task> use)
    {
        var backend = await OpenOrderedAsync(mode, capacity: 3);
        foreach (var key in new[] { "a", "b", "c" }) await StoreAsync(backend, key, "value");
        await use(backend);
        await StoreAsync(backend, "new", "value");
        Assert.Equal(new[] { "a", "b", "c", "new" }.Except([expected]), await KeysAsync(backend));
    }
}
