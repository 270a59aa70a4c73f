using System.Globalization;
using Npgsql;

namespace Cistern;

/// <summary>Reads the location of an address: <c>//user:password@host:port/database</c>. The user's part goes to the last <c>@</c>, as errors hide it.</summary>
internal static class DatabaseLocation
{
    private const string Allowed = "a location is //user:password@host:port/database, percent-encoded; only the host is required";

    /// <exception cref="FormatException">It is malformed; the message has no part of it.</exception>
    public static NpgsqlConnectionStringBuilder Read(string location)
    {
        if (!location.StartsWith("//", StringComparison.Ordinal)) throw new FormatException(Allowed);
        var rest = location[2..];
        var connection = new NpgsqlConnectionStringBuilder();
        if (rest.LastIndexOf('@') is >= 0 and var at)
        {
            ReadUser(rest[..at], connection);
            rest = rest[(at + 1)..];
        }

        if (rest.IndexOf('/') is >= 0 and var slash)
        {
            var database = rest[(slash + 1)..];
            if (database.Contains('/')) throw new FormatException(Allowed);
            if (database.Length > 0) connection.Database = Decode(database);
            rest = rest[..slash];
        }

        ReadHost(rest, connection);
        return connection;
    }

    private static void ReadUser(string user, NpgsqlConnectionStringBuilder connection)
    {
        var colon = user.IndexOf(':');
        var name = Decode(colon < 0 ? user : user[..colon]);
        if (name.Length > 0) connection.Username = name;
        if (colon >= 0 && user[(colon + 1)..] is { Length: > 0 } password) connection.Password = Decode(password);
    }

    private static void ReadHost(string text, NpgsqlConnectionStringBuilder connection)
    {
        var host = text;
        if (text.LastIndexOf(':') is >= 0 and var colon && colon > text.LastIndexOf(']'))
        {
            if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) throw new FormatException("a port is a whole number from 1 to 65535");
            connection.Port = port;
            host = text[..colon];
        }

        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];

        // A comma would make several hosts of it, a slash the folder of a socket.
        host = Decode(host);
        if (host.Length == 0 || host.AsSpan().IndexOfAny(",/ ") >= 0) throw new FormatException(Allowed);
        connection.Host = host;
    }

    private static string Decode(string text)
    {
        var decoded = Uri.UnescapeDataString(text);
        return decoded.Contains('\0') ? throw new FormatException("there is no NUL in a location") : decoded;
    }
}
