namespace Cistern.Tests.Memory;

public sealed class EntryIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Index_RandomOperations_AgreesWithADictionary(int seed)
    {
        var random = new Random(seed);
        var index = new EntryIndex();
        var expected = new Dictionary<string, StoredEntry>();
        for (var step = 0; step < 30_000; step++)
        {
            var key = "key" + random.Next(400 + step / 20);
            switch (random.Next(5))
            {
                case 0:
                    index.Remove(key);
                    expected.Remove(key);
                    break;
                case 1 when random.Next(2_000) == 0:
                    index.Clear();
                    expected.Clear();
                    break;
                default:
                    if (!expected.TryGetValue(key, out var entry)) entry = expected[key] = new StoredEntry(key);
                    entry.Value = [(byte)step];
                    entry.ExpiresAt = random.Next(2) == 0 ? StoredEntry.Never : step;
                    index.Put(entry);
                    break;
            }

            var looked = "key" + random.Next(2_000);
            Assert.Same(expected.GetValueOrDefault(looked), index.Find(looked, out var valueWithoutTtl));
            Assert.Same(expected.TryGetValue(looked, out var there) && there.ExpiresAt == StoredEntry.Never ? there.Value : null, valueWithoutTtl);
            Assert.Equal(expected.Count, index.Count);
        }

        Assert.Equal(expected.Keys.Order(), index.Keys.Order());
        Assert.All(expected, pair => Assert.Same(pair.Value, index.Find(pair.Key)));
    }

    [Fact]
    public async Task Prefetch_OfAnyKeys_ChangesNothing()
    {
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 100, Eviction = EvictionMode.Lru });
        for (var i = 0; i < 100; i++) backend.Set("key" + i, "1"u8.ToArray());
        backend.Prefetch([]);
        backend.Prefetch(["key0", "", "absent", null!]);
        backend.Prefetch([.. Enumerable.Range(0, 50).Select(i => "key" + i)]);
        var stats = await backend.GetStatsAsync(TestContext.Current.CancellationToken);
        Assert.Equal((100, 0), (stats.CurrentEntries, stats.Total));
        Assert.Equal("key0", backend.EvictOne());
    }
}
