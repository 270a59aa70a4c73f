namespace Cistern;

/// <summary>
/// Addresses of memcached servers: <c>memcached://host:11211,host2:11211?prefix=app:</c>; a port that is left out is 11211, an IPv6 address stands in
/// brackets. Options are <c>prefix</c>, <c>timeout</c>, <c>connect-timeout</c> and <c>connections</c>.
/// </summary>
public sealed class MemcachedScheme : BackendScheme
{
    private const string Allowed = "memcached: needs its servers, as in memcached://host:11211,host2:11211";

    private MemcachedScheme() : base("memcached", ["prefix", "timeout", "connect-timeout", "connections"])
    {
    }

    /// <summary>The scheme.</summary>
    public static MemcachedScheme Instance { get; } = new();

    /// <inheritdoc/>
    public override async ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(opening);
        if (address.Scheme != Name) throw new FormatException($"{address.Scheme}: is not an address of memcached servers");
        var servers = ReadServers(address.Location);
        var defaults = new MemcachedBackendOptions();
        var options = defaults with
        {
            Prefix = address.Options.GetValueOrDefault("prefix", ""),
            Timeout = address.DurationOf("timeout") ?? defaults.Timeout,
            ConnectTimeout = address.DurationOf("connect-timeout") ?? address.DurationOf("timeout") ?? defaults.ConnectTimeout,
            Connections = (int)Math.Min(int.MaxValue, address.WholeOf("connections", 1) ?? defaults.Connections),
            TimeProvider = opening.TimeProvider,
        };
        try
        {
            options.Check();
            ServerList.Read(servers);
        }
        catch (ArgumentException problem)
        {
            // Only the text that says what is allowed, and not what was given.
            throw new FormatException(problem.ParamName == nameof(servers) ? Allowed : $"{OptionOf(problem.ParamName)} is not allowed: {problem.Message.Split('(')[0].Trim()}", problem);
        }

        return await MemcachedBackend.OpenAsync(servers, options, cancellationToken).ConfigureAwait(false);
    }

    private static string[] ReadServers(string location)
    {
        if (location.Contains('@') || location.Contains("%40", StringComparison.OrdinalIgnoreCase)) throw new FormatException("memcached: takes no user and no password: neither SASL nor TLS is built in");
        var servers = location.StartsWith("//", StringComparison.Ordinal) ? location[2..] : throw new FormatException(Allowed);
        return servers.TrimEnd('/').Split(',');
    }

    private static string OptionOf(string? parameter) => parameter switch
    {
        nameof(MemcachedBackendOptions.Prefix) => "prefix",
        nameof(MemcachedBackendOptions.Timeout) => "timeout",
        nameof(MemcachedBackendOptions.ConnectTimeout) => "connect-timeout",
        _ => "connections",
    };
}
