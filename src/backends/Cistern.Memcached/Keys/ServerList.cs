using System.Buffers;
using System.Globalization;

namespace Cistern;

/// <summary>Reads the addresses of servers.</summary>
internal static class ServerList
{
    private const int UsualPort = 11211;

    private static readonly SearchValues<char> NoPartOfIt = SearchValues.Create(" /@?#,\t\r\n");

    /// <summary>Reads <c>host</c>, <c>host:port</c> and <c>[ipv6]:port</c>.</summary>
    /// <exception cref="ArgumentException">There is none, one is given twice, or one is something else.</exception>
    public static IReadOnlyList<ServerAddress> Read(IEnumerable<string> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        ServerAddress[] addresses = [.. servers.Select(server => Read(server) ?? throw new ArgumentException("A server is host:port, or host for port 11211; an IPv6 address stands in brackets.", nameof(servers)))];
        if (addresses.Length == 0) throw new ArgumentException("There must be a server.", nameof(servers));
        return addresses.Distinct().Count() == addresses.Length ? addresses : throw new ArgumentException("A server is named twice.", nameof(servers));
    }

    private static ServerAddress? Read(string? server)
    {
        if (string.IsNullOrEmpty(server) || server.AsSpan().ContainsAny(NoPartOfIt)) return null;
        if (server[0] == '[')
        {
            var end = server.IndexOf(']');
            return end > 1 && ReadPort(server[(end + 1)..]) is { } numbered ? new ServerAddress(server[1..end], numbered) : null;
        }

        var colon = server.IndexOf(':');
        if (colon == 0) return null;
        return ReadPort(colon < 0 ? "" : server[colon..]) is { } port ? new ServerAddress(colon < 0 ? server : server[..colon], port) : null;
    }

    private static int? ReadPort(string text)
    {
        if (text.Length == 0) return UsualPort;
        return text[0] == ':' && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;
    }
}
