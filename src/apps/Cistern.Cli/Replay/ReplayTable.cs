namespace Cistern.Cli;

/// <summary>The figures of a replay as aligned lines, for people and for <c>sort</c> and <c>awk</c>.</summary>
internal static class ReplayTable
{
    private const int NameWidth = 15;
    private const string Unknown = "–";

    /// <summary>The lines, without their ends.</summary>
    public static IEnumerable<string> Lines(ReplayReport report)
    {
        yield return $"{"requests",-NameWidth}{ReportFormat.Count(report.Requests)}";
        yield return $"{"distinct keys",-NameWidth}{ReportFormat.Count(report.DistinctKeys)}";
        yield return $"{"requested",-NameWidth}{ReportFormat.Count(report.RequestedBytes, "byte", "bytes")}";
        yield return $"{"footprint",-NameWidth}{ReportFormat.Count(report.FootprintBytes, "byte", "bytes")}";
        yield return "";
        string[][] rows = [Heads(report), .. report.Results.Select(result => Row(result, report.HasSizes))];
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) yield return string.Join("  ", row.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd();
    }

    /// <summary>What the columns are called.</summary>
    public static string[] Heads(ReplayReport report) =>
        [ReplayFormat.Name(report.Measure), "policy", "hit ratio", .. report.HasSizes ? ["byte hit ratio"] : Array.Empty<string>(), "hits", "evictions", "entries", "memory, bytes"];

    /// <summary>The cells of a result.</summary>
    public static string[] Row(ReplayResult result, bool hasSizes) =>
    [
        result.Bound.Figure,
        result.Policy,
        ReplayFormat.Ratio(result.HitRatio),
        .. hasSizes ? [result.ByteHitRatio is { } ratio ? ReplayFormat.Ratio(ratio) : Unknown] : Array.Empty<string>(),
        ReportFormat.Count(result.Hits),
        Count(result.Stats?.Evictions),
        Count(result.Stats?.CurrentEntries),
        Count(result.Stats?.MemoryBytes),
    ];

    /// <summary>A count, or a dash where there is none.</summary>
    public static string Count(long? count) => count is { } known ? ReportFormat.Count(known) : Unknown;
}
