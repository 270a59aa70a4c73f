using Xunit;

namespace Cistern.Testing;

/// <summary>Area of the suite: two equal readings of the removal count mean that nothing has left.</summary>
public abstract class RemovalContract : EvictionContract
{
    private protected RemovalContract()
    {
    }

    [Fact]
    public async Task RemovalCount_Delete_Grows() => await AssertGrowsAsync(Backend, async () => await Backend.DeleteAsync("key"));

    [Fact]
    public async Task RemovalCount_VersionedDelete_Grows() => await AssertGrowsAsync(Backend, async () => await Backend.DeleteAsync("key", 1));

    [Fact]
    public async Task RemovalCount_DeleteMany_Grows() => await AssertGrowsAsync(Backend, async () => await Backend.DeleteManyAsync(["missing", "key"]));

    [Fact]
    public async Task RemovalCount_Clear_Grows() => await AssertGrowsAsync(Backend, async () => await ClearAsync());

    [Fact]
    public async Task RemovalCount_Expiry_GrowsThoughNobodyLooked() => await AssertGrowsAsync(Backend, () =>
    {
        Advance(1_000);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task RemovalCount_Eviction_Grows()
    {
        var backend = await OpenBoundedAsync(capacity: 1, maxSizeBytes: null);
        await AssertGrowsAsync(backend, () => StoreAsync(backend, "other", "value"));
    }

    [Fact]
    public async Task RemovalCount_NothingLeft_StaysAsItWas()
    {
        await StoreAsync("key", "value", Lasting(1_000));
        var before = ReadRemovalCount(Backend);
        await StoreAsync("key", "overwritten", Lasting(1_000));
        await StoreAsync("other");
        await SetAsync("key", "refused", IfAbsent);
        await Backend.GetAsync("key");
        await Backend.GetAsync("missing");
        await Backend.TouchAsync("key", TimeSpan.FromHours(1));
        await Backend.DeleteAsync("missing");
        await Backend.DeleteAsync("missing", 5);
        await KeysAsync();
        Advance(999);
        Assert.Equal(before, Backend.RemovalCount);
    }

    [Fact]
    public async Task EstimateMemoryBytes_CoversWhatTheEntryThenHolds()
    {
        if (Backend.EstimateMemoryBytes("key", 1_000) is null) Assert.Skip("The backend has no account of its memory.");
        var before = (await Backend.GetStatsAsync()).MemoryBytes;
        await StoreAsync("key", Sized(1_000));
        var held = (await Backend.GetStatsAsync()).MemoryBytes - before;
        Assert.InRange(held ?? 1_000, 1_000, Backend.EstimateMemoryBytes("key", 1_000) ?? 0);
    }

    private static long ReadRemovalCount(CacheBackend backend)
    {
        if (backend.RemovalCount is null) Assert.Skip("The backend cannot know what leaves it.");
        return backend.RemovalCount.Value;
    }

    private static async Task AssertGrowsAsync(CacheBackend backend, Func<Task> remove)
    {
        await StoreAsync(backend, "key", "value", Lasting(1_000));
        var before = ReadRemovalCount(backend);
        await remove();
        Assert.False(await backend.ExistsAsync("key"));
        Assert.True(backend.RemovalCount > before);
    }
}
