using Cistern.Servers;
using Cistern.Tests;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace Cistern.Tests;

/// <summary>The servers that tests share, each test under a prefix of its own: one alone, which takes values over a megabyte; three; and one that does not list its keys.</summary>
public sealed class SharedServers : IAsyncLifetime
{
    private readonly List<MemcachedServer> _servers = [];

    /// <summary>The one alone.</summary>
    public MemcachedServer One => Servers[0];

    /// <summary>Three others.</summary>
    public IReadOnlyList<MemcachedServer> Three => Servers[1..4];

    /// <summary>One more, which does not list its keys.</summary>
    public MemcachedServer Unlisted => Servers[4];

    private List<MemcachedServer> Servers
    {
        get
        {
            MemcachedServer.Require();
            return _servers;
        }
    }

    /// <summary>A server's address.</summary>
    public static string AddressOf(MemcachedServer server) => $"{Loopback.Host}:{server.Port}";

    /// <summary>A prefix that nobody else has.</summary>
    public static string NewPrefix() => $"{Guid.NewGuid():n}:";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // Without the program each test that needs it says so: what is thrown here would fail them all.
        if (!MemcachedServer.IsInstalled) return;

        // Small tables of keys, and two threads: a listing walks over all of it, several times in each test.
        string[] small = ["-t", "2", "-o", "hashpower=13"];
        _servers.Add(await MemcachedServer.StartAsync([.. small, "-I", "2m", "-m", "128"]));
        for (var i = 0; i < 3; i++) _servers.Add(await MemcachedServer.StartAsync([.. small, "-m", "64"]));
        _servers.Add(await MemcachedServer.StartAsync([.. small, "-X"]));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }
}
