using System.Globalization;

namespace Cistern;

/// <summary>Durations as people write them: a whole number and <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
public static class DurationText
{
    /// <summary>What is allowed, for errors.</summary>
    public const string Allowed = "a duration such as 500ms, 30s, 5m, 1h or 1d";

    private const long MostMilliseconds = 36_500L * 24 * 60 * 60 * 1000;

    private static readonly (string Unit, long Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>A duration of at least one millisecond and at most a hundred years; null when the text is none.</summary>
    /// <param name="text">The text.</param>
    public static TimeSpan? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (unit, milliseconds) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) continue;
            return count >= 1 && count <= MostMilliseconds / milliseconds ? TimeSpan.FromMilliseconds(count * milliseconds) : null;
        }

        return null;
    }

    /// <summary>The shortest text that <see cref="Parse"/> reads as this duration.</summary>
    /// <param name="duration">The duration; whole milliseconds.</param>
    public static string Format(TimeSpan duration)
    {
        var total = (long)duration.TotalMilliseconds;
        var (unit, milliseconds) = Units.Last(candidate => total % candidate.Milliseconds == 0);
        return $"{total / milliseconds}{unit}";
    }
}
