using System.Text;
using System.Text.Json;

namespace Cistern.Tests.Backfill;

/// <summary>The library, run by hand over the vectors: the same figures and answers as the seeds' program, all 120 times.</summary>
public sealed class VectorTests
{
    public static TheoryData<int> Numbers => [.. Vectors.Numbers];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Lookups_OfAVector_GiveItsFigures(int number)
    {
        var vector = Vectors.Load(number);
        var config = vector.GetProperty("config");
        var expected = vector.GetProperty("expected");
        var source = InMemorySource.FromStrings(config.GetProperty("source").EnumerateObject()
            .Where(property => property.Value.ValueKind != JsonValueKind.Null)
            .Select(property => KeyValuePair.Create(property.Name, property.Value.GetString()!)));
        var defaults = new BackfillOptions();
        await using var backend = new InMemoryBackend(InMemoryBackendOptions.Unbounded);
        await using var cache = new BackfillingCache(backend, source, defaults with
        {
            MissThreshold = config.TryGetProperty("miss_threshold", out var threshold) ? threshold.GetDouble() : defaults.MissThreshold,
            BackfillBatch = config.TryGetProperty("backfill_batch", out var batch) ? batch.GetInt32() : defaults.BackfillBatch,
        });

        var results = expected.GetProperty("lookup_results").EnumerateArray();
        foreach (var key in config.GetProperty("lookups").EnumerateArray())
        {
            Assert.True(results.MoveNext());
            var value = await cache.GetAsync(key.GetString()!, TestContext.Current.CancellationToken);
            Assert.Equal(results.Current.GetProperty("value").GetString(), value is null ? null : Encoding.UTF8.GetString(value));
            Assert.Equal(results.Current.GetProperty("found").GetBoolean(), value is not null);
        }

        Assert.False(results.MoveNext());
        var stats = cache.Stats;
        Assert.Equal(expected.GetProperty("hits").GetInt64(), stats.Hits);
        Assert.Equal(expected.GetProperty("misses").GetInt64(), stats.Misses);
        Assert.Equal(expected.GetProperty("hit_rate").GetDouble(), stats.HitRate);
        Assert.Equal(expected.GetProperty("miss_rate").GetDouble(), stats.MissRate);
        Assert.Equal(expected.GetProperty("backfills").GetInt64(), stats.Backfills);
        Assert.Equal(expected.GetProperty("cache_size").GetInt64(), (await backend.GetStatsAsync(TestContext.Current.CancellationToken)).CurrentEntries);
    }
}
