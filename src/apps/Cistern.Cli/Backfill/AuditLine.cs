using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cistern.Cli;

/// <summary>Writes one audit entry as one JSON object on one line.</summary>
internal static class AuditLine
{
    /// <summary>Writes it.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="hasTime">Whether its time is a lookup's; otherwise it means nothing and is left out.</param>
    public static void Write(IBufferWriter<byte> output, AuditEntry entry, bool hasTime)
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{{\"action\": \"{entry.ActionName}\", \"loaded\": {entry.Loaded}");
        if (entry.MissRate is { } rate) line.Append(CultureInfo.InvariantCulture, $", \"miss_rate\": {JsonText.Rate(rate)}");
        line.Append(CultureInfo.InvariantCulture, $", \"lookups\": {entry.Lookups}");
        if (entry.Count > 1) line.Append(CultureInfo.InvariantCulture, $", \"count\": {entry.Count}");
        if (hasTime) line.Append(CultureInfo.InvariantCulture, $", \"at\": \"{entry.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\"");
        output.Write(Encoding.ASCII.GetBytes(line.ToString()));
        if (entry.Error is { } error)
        {
            output.Write(", \"error\": "u8);
            JsonText.WriteString(output, error.AsSpan());
        }

        output.Write("}"u8);
    }
}
