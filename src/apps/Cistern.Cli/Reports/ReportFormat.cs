namespace Cistern.Cli;

/// <summary>How the report writes numbers for people.</summary>
internal static class ReportFormat
{
    /// <summary>1234567 as <c>1,234,567</c>.</summary>
    public static string Count(long count) => count.ToString("N0");

    /// <summary>A count and its noun: <c>1 backfill</c>, <c>12 backfills</c>.</summary>
    public static string Count(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    /// <summary>A round count, short: <c>2,500</c> up to ten thousand, then <c>25k</c>, <c>2.5M</c>, <c>2.5G</c>.</summary>
    public static string Compact(long count) => count switch
    {
        < 10_000 => Count(count),
        < 1_000_000 => $"{count / 1e3:0.##}k",
        < 1_000_000_000 => $"{count / 1e6:0.##}M",
        _ => $"{count / 1e9:#,0.##}G",
    };

    /// <summary>A measured rate, 0 to 1, always with two decimals: <c>42.86%</c>.</summary>
    public static string Rate(double rate) => $"{rate * 100:0.00}%";

    /// <summary>A chosen rate, 0 to 1, with no more decimals than it has: <c>40%</c>.</summary>
    public static string Share(double share) => $"{share * 100:0.##}%";

    /// <summary>An instant to the second, in UTC.</summary>
    public static string Instant(DateTimeOffset instant) => $"{instant.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";

    /// <summary>An instant to the millisecond, for machines.</summary>
    public static string MachineInstant(DateTimeOffset instant) => $"{instant.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}";

    /// <summary>A duration in at most two units: <c>250 ms</c>, <c>1.5 s</c>, <c>2 min 5 s</c>, <c>3 h 20 min</c>.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => $"{duration.TotalMilliseconds:0.#} ms",
        { TotalMinutes: < 1 } => $"{duration.TotalSeconds:0.##} s",
        { TotalHours: < 1 } => Pair(duration.Minutes, "min", duration.Seconds, "s"),
        { TotalDays: < 1 } => Pair(duration.Hours, "h", duration.Minutes, "min"),
        _ => Pair(duration.Days, "d", duration.Hours, "h"),
    };

    private static string Pair(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
