using System.Text.Json;

namespace Cistern.Tests;

/// <summary>The statistics as a value: rates, and the forms for logs and JSON.</summary>
public sealed class CacheStatsTests
{
    private static readonly CacheStats Some = new()
    {
        Backend = "memory",
        Hits = 3,
        Misses = 1,
        Sets = 5,
        Deletes = 2,
        Evictions = 4,
        Expirations = null,
        CurrentEntries = 6,
        CurrentSizeBytes = 25,
        MaxSizeBytes = 100,
        MemoryBytes = 700,
        MaxMemoryBytes = null,
    };

    [Fact]
    public void Rates_OfSomeLookups_AreShares()
    {
        Assert.Equal(4, Some.Total);
        Assert.Equal(0.75, Some.HitRate);
        Assert.Equal(0.25, Some.MissRate);
        Assert.Equal(0.25, Some.Utilization);
    }

    [Fact]
    public void Rates_WithNothingToDivideBy_AreZero()
    {
        var none = new CacheStats { Backend = "none" };
        Assert.Equal(0, none.HitRate);
        Assert.Equal(0, none.MissRate);
        Assert.Equal(0, none.Utilization);
        Assert.Equal(0, (none with { CurrentSizeBytes = 5 }).Utilization);
        Assert.Equal(0, (none with { MaxSizeBytes = 5 }).Utilization);
    }

    [Fact]
    public void ToDictionary_OfAnyStatistics_HasTheSeedsNamesFirst()
    {
        var named = Some.ToDictionary();
        Assert.Equal(["hits", "misses", "sets", "deletes", "evictions", "current_entries", "current_size_bytes", "max_size_bytes", "hit_rate", "utilization"], named.Keys.Take(10));
        Assert.Equal([3L, 1L, 5L, 2L, 4L, 6L, 25L, 100L, 0.75, 0.25], named.Values.Take(10));
        Assert.Equal("memory", named["backend"]);
        Assert.Null(named["expirations"]);
        Assert.Equal(700L, named["memory_bytes"]);
    }

    [Fact]
    public void ToJson_OfAnyStatistics_IsTheDictionary()
    {
        using var json = JsonDocument.Parse(Some.ToJson());
        var named = Some.ToDictionary();
        Assert.Equal(named.Keys, json.RootElement.EnumerateObject().Select(property => property.Name));
        foreach (var property in json.RootElement.EnumerateObject())
        {
            object? value = property.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => property.Value.GetString(),
                _ when named[property.Name] is long => property.Value.GetInt64(),
                _ => property.Value.GetDouble(),
            };
            Assert.Equal(named[property.Name], value);
        }
    }
}
