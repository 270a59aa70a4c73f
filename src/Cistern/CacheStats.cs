namespace Cistern;

/// <summary>
/// The statistics of one backend instance at one moment. Counters are the instance's own, not the server's; figures that the backend
/// does not give are null.
/// </summary>
public sealed record CacheStats
{
    /// <summary>The backend's name.</summary>
    public required string Backend { get; init; }

    /// <summary>Lookups that found a live entry.</summary>
    public long Hits { get; init; }

    /// <summary>Lookups that found none.</summary>
    public long Misses { get; init; }

    /// <summary>Values stored. Refused sets are not counted.</summary>
    public long Sets { get; init; }

    /// <summary>Live entries deleted by request.</summary>
    public long Deletes { get; init; }

    /// <summary>Entries removed for room; null when the backend does not tell.</summary>
    public long? Evictions { get; init; }

    /// <summary>Entries removed because their time was over; null when the backend does not tell.</summary>
    public long? Expirations { get; init; }

    /// <summary>Entries held now. May include expired ones that wait for their removal.</summary>
    public long? CurrentEntries { get; init; }

    /// <summary>Bytes of values held now.</summary>
    public long? CurrentSizeBytes { get; init; }

    /// <summary>The bound on <see cref="CurrentSizeBytes"/>; null: none.</summary>
    public long? MaxSizeBytes { get; init; }

    /// <summary>All bytes held now: values, keys, metadata, tombstones and the structures around them.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The bound on <see cref="MemoryBytes"/>; null: none.</summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>All lookups: hits and misses.</summary>
    public long Total => Hits + Misses;

    /// <summary>Hits per lookup, 0 to 1; 0 before the first lookup.</summary>
    public double HitRate => Total == 0 ? 0 : (double)Hits / Total;

    /// <summary>Misses per lookup, 0 to 1; 0 before the first lookup.</summary>
    public double MissRate => Total == 0 ? 0 : (double)Misses / Total;

    /// <summary>Bytes of values held per byte allowed, 0 to 1; 0 without a bound.</summary>
    public double Utilization => MaxSizeBytes is > 0 and { } max && CurrentSizeBytes is { } size ? (double)size / max : 0;

    /// <summary>The figures by name, in a stable order, for logs, JSON and dashboards. Values are <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or null.</summary>
    public IReadOnlyDictionary<string, object?> ToDictionary() => new OrderedDictionary<string, object?>
    {
        ["hits"] = Hits,
        ["misses"] = Misses,
        ["sets"] = Sets,
        ["deletes"] = Deletes,
        ["evictions"] = Evictions,
        ["current_entries"] = CurrentEntries,
        ["current_size_bytes"] = CurrentSizeBytes,
        ["max_size_bytes"] = MaxSizeBytes,
        ["hit_rate"] = HitRate,
        ["utilization"] = Utilization,
        ["backend"] = Backend,
        ["total"] = Total,
        ["miss_rate"] = MissRate,
        ["expirations"] = Expirations,
        ["memory_bytes"] = MemoryBytes,
        ["max_memory_bytes"] = MaxMemoryBytes,
    };

    /// <summary>The figures of <see cref="ToDictionary"/> as one JSON object.</summary>
    public string ToJson()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in ToDictionary())
            {
                json.WritePropertyName(name);
                switch (value)
                {
                    case long number: json.WriteNumberValue(number); break;
                    case double rate: json.WriteNumberValue(rate); break;
                    case string text: json.WriteStringValue(text); break;
                    default: json.WriteNullValue(); break;
                }
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
