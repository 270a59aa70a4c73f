namespace Cistern;

/// <summary>
/// Addresses of Redis servers and clusters: <c>redis://:secret@host:6379/0?prefix=app:</c>, <c>rediss:</c> for TLS, several hosts with commas between for the nodes of a cluster. A password is
/// percent-encoded where it has <c>@ : / ? %</c> in it. Options are <c>prefix</c>, <c>timeout</c>, <c>max-value</c> and, with TLS, <c>ca</c>: a file with the certificates (PEM) to trust instead of the system's.
/// </summary>
public sealed class RedisScheme : BackendScheme
{
    private const string Plain = "redis";
    private const string Secure = "rediss";

    private RedisScheme(string name, IReadOnlyList<string> options) : base(name, options)
    {
    }

    /// <summary>Addresses that begin with <c>redis:</c>.</summary>
    public static RedisScheme Instance { get; } = new(Plain, ["prefix", "timeout", "max-value"]);

    /// <summary>Addresses that begin with <c>rediss:</c>: with TLS.</summary>
    public static RedisScheme TlsInstance { get; } = new(Secure, ["prefix", "timeout", "max-value", "ca"]);

    /// <inheritdoc/>
    public override async ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(opening);
        if (address.Scheme != Name) throw new FormatException($"{address.Scheme}: is not an address of a Redis server");
        var location = RedisLocation.Parse(address.Location);
        var defaults = new RedisBackendOptions();
        var options = defaults with
        {
            Prefix = address.Options.TryGetValue("prefix", out var prefix) ? prefix : defaults.Prefix,
            Database = location.Database,
            Timeout = address.DurationOf("timeout") ?? defaults.Timeout,
            MaxValueBytes = address.BytesOf("max-value") ?? defaults.MaxValueBytes,
            CertificateValidation = address.Options.TryGetValue("ca", out var path) ? TrustedAuthorities.Load(opening.FullPath(path)).IsTrusted : null,
            TimeProvider = opening.TimeProvider,
        };
        try
        {
            return await RedisBackend.OpenAsync(location.ToConfiguration(isTls: Name == Secure, options.Timeout), options, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException fault)
        {
            // An option outside its range; what is said of one holds no value of it.
            throw new FormatException(fault.Message, fault);
        }
    }
}
