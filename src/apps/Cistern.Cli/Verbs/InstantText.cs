using System.Globalization;

namespace Cistern.Cli;

/// <summary>Instants as RFC 3339 in UTC, to the millisecond.</summary>
internal static class InstantText
{
    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
