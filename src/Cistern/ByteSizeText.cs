using System.Globalization;

namespace Cistern;

/// <summary>Numbers of bytes as people write them: a whole number, bare or with <c>KB</c>, <c>MB</c> or <c>GB</c> (powers of 1024).</summary>
public static class ByteSizeText
{
    /// <summary>What is allowed, for errors.</summary>
    public const string Allowed = "a number of bytes such as 1000, 64KB, 100MB or 2GB (MB = 1024² bytes)";

    private static readonly (string Unit, long Bytes)[] Units = [("KB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30), ("", 1)];

    /// <summary>A size of at least one byte; null when the text is none, or beyond 64 bits.</summary>
    /// <param name="text">The text.</param>
    public static long? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (unit, bytes) = Units.First(candidate => text.EndsWith(candidate.Unit, StringComparison.OrdinalIgnoreCase));
        return long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= 1 && count <= long.MaxValue / bytes ? count * bytes : null;
    }
}
