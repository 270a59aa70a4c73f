namespace Cistern.Cli;

/// <summary>The figures of a replay as JSON.</summary>
internal static class ReplayJson
{
    private const int Digits = 6;

    public static void Add(ResultJson json, ReplayReport report)
    {
        var enough = report.Recommended;
        json.Add("log", report.Log)
            .Add("requests", report.Requests)
            .Add("distinct_keys", report.DistinctKeys)
            .Add("requested_bytes", report.RequestedBytes)
            .Add("footprint_bytes", report.FootprintBytes)
            .Add("has_sizes", report.HasSizes)
            .AddRows("results", report.Results.Select(Fields))
            .AddRows("best", report.Bounds.Select(report.BestAt).Select(result => Fields(result)[..3]))
            .Add("recommended_policy", enough.Policy)
            .Add("recommended_" + enough.Bound.JsonName, enough.Bound.Amount)
            .Add("advice", ReplayAdvice.Of(report));
    }

    private static (string Name, object? Value)[] Fields(ReplayResult result) =>
    [
        (result.Bound.JsonName, result.Bound.Amount),
        ("policy", result.Policy),
        ("hit_ratio", Math.Round(result.HitRatio, Digits)),
        ("byte_hit_ratio", result.ByteHitRatio is { } ratio ? Math.Round(ratio, Digits) : null),
        ("hits", result.Hits),
        ("misses", result.Requests - result.Hits),
        ("evictions", result.Stats?.Evictions),
        ("too_large", result.IsOptimum ? null : result.TooLarge),
        ("current_entries", result.Stats?.CurrentEntries),
        ("current_size_bytes", result.Stats?.CurrentSizeBytes),
        ("memory_bytes", result.Stats?.MemoryBytes),
        ("peak_memory_bytes", result.PeakMemoryBytes),
    ];
}
