using System.Globalization;

namespace Cistern.Cli;

/// <summary>The times of the lookups of one file: what they may look like, and that they run forward.</summary>
internal sealed class LookupTimes
{
    public const string NotATime = "The field \"t\" must be a number of seconds since 1970, or an instant of ISO 8601 with its offset, such as 2026-01-31T08:00:00Z.";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
    ];

    private DateTimeOffset? _before;
    private bool _isFirst = true;

    /// <summary>Takes note of the next time.</summary>
    /// <returns>Why it cannot be the next one; null: it can.</returns>
    public string? Check(DateTimeOffset? time)
    {
        if (!_isFirst && (time is null) != (_before is null)) return "Either all lookups have \"t\" or none has.";
        if (time < _before) return "The field \"t\" goes backwards; lookups must be in the order of their times.";
        _isFirst = false;
        _before = time;
        return null;
    }

    public static DateTimeOffset? Parse(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? FromSeconds(seconds) : FromIso(text);

    // A decimal, as a double loses the milliseconds of a present-day instant's fraction.
    public static DateTimeOffset? FromSeconds(decimal seconds)
    {
        var isInRange = seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        return isInRange ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
    }

    // Without an offset it would be an instant only where the reader is.
    public static DateTimeOffset? FromIso(string text)
    {
        var hasOffset = text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _];
        return hasOffset && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
    }
}
