using System.Net.Security;
using StackExchange.Redis;

namespace Cistern;

/// <summary>How a connection of our own is made, as the multiplexer's are.</summary>
internal sealed record RespSettings
{
    public string? Password { get; init; }

    public int Database { get; init; }

    public bool IsTls { get; init; }

    /// <summary>The name that the certificate must have; null: the server's host.</summary>
    public string? TlsHost { get; init; }

    public RemoteCertificateValidationCallback? Validate { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>The settings of a configuration; null: there is a proxy between, which knows only some commands.</summary>
    public static RespSettings? Of(ConfigurationOptions configuration, RedisBackendOptions options) => configuration.Proxy != Proxy.None ? null : new RespSettings
    {
        Password = configuration.Password,
        Database = options.Database ?? configuration.DefaultDatabase ?? 0,
        IsTls = configuration.Ssl,
        TlsHost = configuration.SslHost,
        Validate = options.CertificateValidation,
        Timeout = options.Timeout,
    };

    /// <summary>The settings of an application's multiplexer, as it tells them; null: it tells what cannot be read here, and everything goes by the multiplexer.</summary>
    public static RespSettings? Of(IConnectionMultiplexer multiplexer, RedisBackendOptions options)
    {
        try
        {
            return Of(ConfigurationOptions.Parse(multiplexer.Configuration), options);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
