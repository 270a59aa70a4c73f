using System.Runtime.CompilerServices;

namespace Cistern.Tests.Memory;

public sealed class MemoryPressureTests
{
    private const int ValueBytes = 1000;
    private const int Entries = 10_000;

    private MemoryLoad _load = new(1, 2, 0);

    public static TheoryData<EvictionMode, bool> Caches() => new()
    {
        { EvictionMode.Lru, true }, { EvictionMode.Lru, false }, { EvictionMode.Adaptive, true }, { EvictionMode.Adaptive, false },
    };

    [Theory]
    [MemberData(nameof(Caches))]
    public async Task Cache_WhenMemoryRunsShort_ShrinksAndStaysSmall(EvictionMode eviction, bool isBounded)
    {
        var pressure = new MemoryPressure(() => _load);
        using var backend = Filled(pressure, eviction, isBounded);
        var full = await MemoryAsync(backend);
        pressure.Look();
        Assert.Equal(full, await MemoryAsync(backend));

        // What is beyond 70 % of all is to go: 15 % of all are 30 % of the cache.
        Load(2 * full, 0.85, collection: 1);
        pressure.Look();
        var small = await MemoryAsync(backend);
        Assert.InRange(small, full * 0.6, full * 0.71);
        Assert.True((await backend.GetStatsAsync()).Evictions > Entries / 6);

        // Until what was evicted has been collected, it is in use: not twice for the same.
        pressure.Look();
        Assert.Equal(small, await MemoryAsync(backend));
        Fill(backend, "other");
        Assert.InRange(await MemoryAsync(backend), small * 0.9, full * 0.71);
    }

    [Theory]
    [MemberData(nameof(Caches))]
    public async Task Cache_WhenThereIsMemoryAgain_GrowsBack(EvictionMode eviction, bool isBounded)
    {
        var pressure = new MemoryPressure(() => _load);
        using var backend = Filled(pressure, eviction, isBounded);
        var full = await MemoryAsync(backend);
        for (var collection = 1; collection <= 2; collection++)
        {
            Load(2 * full, 0.99, collection);
            pressure.Look();
        }

        var small = await MemoryAsync(backend);
        Assert.InRange(small, 0, full * 0.4);
        Load(2 * full, 0.75, collection: 3);
        pressure.Look();
        Fill(backend, "other");
        Assert.InRange(await MemoryAsync(backend), 0, full * 0.4);

        // A little room: a little more.
        Load(2 * full, 0.7 - small / (8.0 * full), collection: 3);
        pressure.Look();
        Fill(backend, "third");
        Assert.InRange(await MemoryAsync(backend), small * 1.03, full * 1.05);
        Load(2 * full, 0.1, collection: 3);
        pressure.Look();
        Fill(backend, "fourth");
        Fill(backend, "fifth");
        Assert.True(await MemoryAsync(backend) > full * 0.95);
    }

    [Fact]
    public async Task Caches_ThatAreTwo_ShrinkByWhatTheyHold()
    {
        var pressure = new MemoryPressure(() => _load);
        using var large = Filled(pressure, EvictionMode.Adaptive, isBounded: false);
        using var small = new InMemoryBackend(InMemoryBackendOptions.Unbounded with { MemoryPressure = pressure });
        for (var i = 0; i < Entries / 4; i++) small.Set($"key {i}", new byte[ValueBytes]);
        var (largeBefore, smallBefore) = (await MemoryAsync(large), await MemoryAsync(small));
        Load(2 * (largeBefore + smallBefore), 0.82, collection: 1);
        pressure.Look();
        Assert.InRange((double)await MemoryAsync(large) / largeBefore, 0.66, 0.77);
        Assert.InRange((double)await MemoryAsync(small) / smallBefore, 0.66, 0.77);
    }

    [Fact]
    public async Task Cache_ThatIsNotToShrink_StaysAsItIs()
    {
        var pressure = new MemoryPressure(() => _load);
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { MemoryPressure = pressure, ShrinksUnderMemoryPressure = false });
        Fill(backend, "key");
        Load(100, 1, collection: 1);
        pressure.Look();
        Assert.Equal(Entries, (await backend.GetStatsAsync()).CurrentEntries);
    }

    [Fact]
    public void Cache_ThatNobodyHolds_IsCollected()
    {
        var pressure = new MemoryPressure(() => _load);
        var engine = Forgotten(pressure);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        pressure.Look();
        Assert.False(engine.TryGetTarget(out _));
    }

    [Fact]
    public void Process_HasMemory()
    {
        var load = MemoryLoad.Read();
        Assert.InRange(load.Share, 0.0001, 1.5);
        Assert.True(load.AvailableBytes > 1024 * 1024);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<InMemoryBackend> Forgotten(MemoryPressure pressure)
    {
#pragma warning disable CA2000 // Not disposed of: that is what is tested.
        var backend = new InMemoryBackend(new InMemoryBackendOptions { MemoryPressure = pressure });
#pragma warning restore CA2000
        backend.Set("key", new byte[1]);
        return new WeakReference<InMemoryBackend>(backend);
    }

    private static InMemoryBackend Filled(MemoryPressure pressure, EvictionMode eviction, bool isBounded)
    {
        var options = new InMemoryBackendOptions { MemoryPressure = pressure, Eviction = eviction };
        var backend = new InMemoryBackend(isBounded ? options with { MaxMemoryBytes = 100_000_000 } : options with { IsUnbounded = true });
        Fill(backend, "key");
        return backend;
    }

    private static void Fill(InMemoryBackend backend, string name)
    {
        for (var i = 0; i < Entries; i++) backend.Set($"{name} {i}", new byte[ValueBytes]);
    }

    private static async Task<long> MemoryAsync(InMemoryBackend backend) => (await backend.GetStatsAsync()).MemoryBytes ?? 0;

    private void Load(long available, double share, int collection) => _load = new MemoryLoad((long)(share * available), available, collection);
}
