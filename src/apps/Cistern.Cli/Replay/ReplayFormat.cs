namespace Cistern.Cli;

/// <summary>How a replay writes its figures for people.</summary>
internal static class ReplayFormat
{
    private static readonly (string Unit, long Bytes)[] Units = [("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10)];

    /// <summary>A ratio, 0 to 1, in percent with two decimals: <c>42.86 %</c>.</summary>
    public static string Ratio(double ratio) => $"{ratio * 100:0.00} %";

    /// <summary>A percentage with no more decimals than it has: <c>0.5 %</c>.</summary>
    public static string Percent(decimal percent) => $"{percent:0.##########} %";

    /// <summary>A number of bytes in the largest unit that has one: <c>512 bytes</c>, <c>1.5 KB</c>, <c>64 MB</c>.</summary>
    public static string Bytes(long bytes)
    {
        foreach (var (unit, size) in Units)
        {
            if (bytes >= size) return $"{(double)bytes / size:#,0.##} {unit}";
        }

        return ReportFormat.Count(bytes, "byte", "bytes");
    }

    /// <summary>The name of what there is in JSON, in words: <c>max size</c>.</summary>
    public static string Name(ReplayMeasure measure) => measure switch
    {
        ReplayMeasure.Capacity => "capacity",
        ReplayMeasure.MaxSize => "max size",
        _ => "max memory",
    };
}
