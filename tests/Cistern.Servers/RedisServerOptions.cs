namespace Cistern.Servers;

/// <summary>How a Redis server of the tests is set up.</summary>
public sealed record RedisServerOptions
{
    /// <summary>The password that clients must give; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether it speaks TLS, and nothing else, with this certificate; null: no TLS.</summary>
    public ServerCertificate? Certificate { get; init; }

    /// <summary>Whether it is a node of a cluster.</summary>
    public bool IsClusterNode { get; init; }

    /// <summary>More directives of its configuration, as <c>name value</c>.</summary>
    public IReadOnlyList<string> Directives { get; init; } = [];
}
