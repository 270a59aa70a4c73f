using System.Text.Json;

namespace Cistern.Tests.Contract;

public sealed class CacheStatsTests
{
    private static readonly CacheStats Full = new()
    {
        Backend = "a \"quoted\" name",
        Hits = 3,
        Misses = 1,
        Sets = 5,
        Deletes = 6,
        Evictions = 7,
        Expirations = 8,
        CurrentEntries = 9,
        CurrentSizeBytes = 10,
        MaxSizeBytes = 40,
        MemoryBytes = long.MaxValue,
        MaxMemoryBytes = 12,
    };

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(0, 1, 0, 1)]
    [InlineData(3, 1, 0.75, 0.25)]
    [InlineData(1, 2, 1 / 3.0, 2 / 3.0)]
    public void Rates_AreSharesOfTheTotal(long hits, long misses, double hitRate, double missRate)
    {
        var stats = new CacheStats { Backend = "b", Hits = hits, Misses = misses };
        Assert.Equal((hits + misses, hitRate, missRate), (stats.Total, stats.HitRate, stats.MissRate));
    }

    [Theory]
    [InlineData(10L, 40L, 0.25)]
    [InlineData(40L, 40L, 1)]
    [InlineData(0L, 40L, 0)]
    [InlineData(10L, null, 0)]
    [InlineData(10L, 0L, 0)]
    [InlineData(null, 40L, 0)]
    [InlineData(null, null, 0)]
    public void Utilization_IsSizePerBoundAndZeroWhereThereIsNone(long? size, long? max, double utilization) =>
        Assert.Equal(utilization, new CacheStats { Backend = "b", CurrentSizeBytes = size, MaxSizeBytes = max }.Utilization);

    [Fact]
    public void ToDictionary_GivesTheSeedsNamesFirstThenOurs()
    {
        Assert.Equal(
            "hits misses sets deletes evictions current_entries current_size_bytes max_size_bytes hit_rate utilization backend total miss_rate expirations memory_bytes max_memory_bytes",
            string.Join(' ', Full.ToDictionary().Keys));
        Assert.Equal(
            [3L, 1L, 5L, 6L, 7L, 9L, 10L, 40L, 0.75, 0.25, "a \"quoted\" name", 4L, 0.25, 8L, long.MaxValue, 12L],
            Full.ToDictionary().Values);
    }

    [Fact]
    public void ToJson_Parsed_EqualsTheDictionary()
    {
        foreach (var stats in new[] { Full, new CacheStats { Backend = "empty" } })
        {
            using var json = JsonDocument.Parse(stats.ToJson());
            var read = json.RootElement.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => (object?)member.Value.GetString(),
                _ => stats.ToDictionary()[member.Name] is double ? member.Value.GetDouble() : (object)member.Value.GetInt64(),
            }));
            Assert.Equal(stats.ToDictionary(), read);
        }
    }

    [Fact]
    public async Task Stats_OfABackendThatReportsNeither_LeaveEvictionsAndExpirationsNull()
    {
        await using var backend = new ScriptedBackend();
        var stats = await backend.GetStatsAsync();
        Assert.Null(stats.Evictions);
        Assert.Null(stats.Expirations);
        Assert.Null(stats.CurrentEntries);
        Assert.Null(stats.MemoryBytes);
        Assert.Equal("scripted", stats.Backend);
    }

    [Fact]
    public async Task Stats_OfABackendThatReportsBoth_GiveWhatItCounted()
    {
        await using var backend = new ScriptedBackend
        {
            Reported = new BackendCapabilities { ReportsEvictions = true, ReportsExpirations = true, MaxSizeBytes = 8, MaxMemoryBytes = 9 },
            Usage = new BackendUsage { Entries = 1, SizeBytes = 2, MemoryBytes = 3 },
        };
        backend.Count(evictions: 4, expirations: 5);
        var stats = await backend.GetStatsAsync();
        Assert.Equal((4L, 5L, 1L, 2L, 3L), (stats.Evictions, stats.Expirations, stats.CurrentEntries, stats.CurrentSizeBytes, stats.MemoryBytes));
        Assert.Equal((8L, 9L, 0.25), (stats.MaxSizeBytes, stats.MaxMemoryBytes, stats.Utilization));
    }
}
