namespace Cistern.Tests.Memory;

public sealed class TrimTests
{
    private const int Entries = 5000;

    [Theory]
    [InlineData(EvictionMode.Lru)]
    [InlineData(EvictionMode.OldestAdded)]
    [InlineData(EvictionMode.S3Fifo)]
    [InlineData(EvictionMode.TinyLfu)]
    [InlineData(EvictionMode.Adaptive)]
    public async Task Trim_OfAPart_EvictsUntilThatPartOfTheEntriesIsFree(EvictionMode eviction)
    {
        using var backend = Filled(eviction);
        var before = await backend.GetStatsAsync();
        var evicted = backend.Trim(40);
        var after = await backend.GetStatsAsync();
        Assert.Equal(evicted, after.Evictions);
        Assert.Equal(evicted, before.CurrentEntries - after.CurrentEntries);
        Assert.InRange(after.MemoryBytes ?? 0, before.MemoryBytes * 0.4 ?? 0, before.MemoryBytes * 0.7 ?? 0);
        Assert.Equal(after.CurrentEntries, await backend.KeysAsync().CountAsync());
        foreach (var key in await backend.KeysAsync().ToListAsync()) Assert.Equal(100, backend.Get(key)!.Length);

        // It grows again at once.
        for (var i = 0; i < Entries; i++) backend.Set($"key {i}", new byte[100]);
        Assert.Equal(Entries, (await backend.GetStatsAsync()).CurrentEntries);
    }

    [Theory]
    [InlineData(EvictionMode.Lru)]
    [InlineData(EvictionMode.Adaptive)]
    public async Task Trim_OfAll_EvictsEverythingAndGivesTablesBack(EvictionMode eviction)
    {
        using var backend = Filled(eviction);
        Assert.Equal(Entries, backend.Trim(100));
        var stats = await backend.GetStatsAsync();
        Assert.Equal((0L, 0L, (long)Entries), (stats.CurrentEntries, stats.CurrentSizeBytes, stats.Evictions));
        Assert.InRange(stats.MemoryBytes ?? 0, 0, 100_000);
        Assert.Equal(0, backend.Trim(100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    [InlineData(-5)]
    public void Trim_OfWhatIsNoPart_IsRefused(int percent)
    {
        using var backend = new InMemoryBackend();
        Assert.Throws<ArgumentOutOfRangeException>(nameof(percent), () => backend.Trim(percent));
    }

    [Fact]
    public void Trim_OfDisposed_Throws()
    {
        var backend = new InMemoryBackend();
        backend.Dispose();
        Assert.Throws<ObjectDisposedException>(() => backend.Trim(10));
    }

    private static InMemoryBackend Filled(EvictionMode eviction)
    {
        var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded with { Eviction = eviction });
        for (var i = 0; i < Entries; i++) backend.Set($"key {i}", new byte[100]);
        return backend;
    }
}
