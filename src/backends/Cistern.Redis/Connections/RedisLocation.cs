using System.Globalization;
using StackExchange.Redis;

namespace Cistern;

/// <summary>What stands in an address between its scheme and its options: <c>//[:password@]host[:port][,host[:port]…][/database]</c>. Its faults show no part of it.</summary>
internal sealed record RedisLocation
{
    private const int DefaultPort = 6379;
    private const string Form = "//:password@host:6379/0";

    public string? Password { get; init; }

    public required IReadOnlyList<RespTarget> Servers { get; init; }

    public int? Database { get; init; }

    /// <summary>Reads a location.</summary>
    /// <exception cref="FormatException">It is none; the message holds no secret.</exception>
    public static RedisLocation Parse(string location)
    {
        if (!location.StartsWith("//", StringComparison.Ordinal)) throw new FormatException($"needs a host, as in {Form}");
        var rest = location[2..];
        var at = rest.LastIndexOf('@');
        var password = at < 0 ? null : ReadPassword(rest[..at]);
        rest = rest[(at + 1)..];
        var slash = rest.IndexOf('/');
        var database = slash < 0 || slash == rest.Length - 1 ? (int?)null : ReadDatabase(rest[(slash + 1)..]);
        var servers = (slash < 0 ? rest : rest[..slash]).Split(',').Select(ReadServer).ToList();
        return new RedisLocation { Password = password, Servers = servers, Database = database };
    }

    /// <summary>How the multiplexer reaches it.</summary>
    public ConfigurationOptions ToConfiguration(bool isTls, TimeSpan timeout)
    {
        var milliseconds = (int)Math.Min(timeout.TotalMilliseconds, int.MaxValue);
        var configuration = new ConfigurationOptions { Password = Password, Ssl = isTls, ConnectTimeout = milliseconds, SyncTimeout = milliseconds, DefaultDatabase = Database };
        foreach (var server in Servers) configuration.EndPoints.Add(server.Host, server.Port);

        // A cluster may tell addresses that no certificate names: the name is the address's then, where it has but one.
        if (isTls && Servers.DistinctBy(server => server.Host).Count() == 1) configuration.SslHost = Servers[0].Host;
        return configuration;
    }

    // The client library knows no users but the default one.
    private static string? ReadPassword(string user)
    {
        var colon = user.IndexOf(':');
        var name = Uri.UnescapeDataString(colon < 0 ? user : user[..colon]);
        if (name is not ("" or "default")) throw new FormatException("users other than 'default' cannot be named: write the password as //:password@host");
        return colon < 0 ? null : Uri.UnescapeDataString(user[(colon + 1)..]);
    }

    private static int ReadDatabase(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
        ? database
        : throw new FormatException($"what stands behind the host must be the number of a database, as in {Form}");

    private static RespTarget ReadServer(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']') : -1;
        var colon = text.IndexOf(':', end + 1);
        var host = (colon < 0 ? text : text[..colon]).Trim('[', ']');
        if (host.Length == 0) throw new FormatException($"needs a host, as in {Form}");
        if (colon < 0) return new RespTarget(host, DefaultPort);
        return int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? new RespTarget(host, port)
            : throw new FormatException("a port must be a whole number from 1 to 65535");
    }
}
