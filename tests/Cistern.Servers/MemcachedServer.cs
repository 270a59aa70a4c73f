namespace Cistern.Servers;

/// <summary>A memcached server. Started again, it is empty.</summary>
public sealed class MemcachedServer : LocalServer
{
    private const string Package = "memcached";

    private readonly string[] _arguments;

    private MemcachedServer(string[] arguments, int port) : base(port) => _arguments = arguments;

    /// <summary>Starts one.</summary>
    /// <param name="arguments">More arguments, as <c>-m 64</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<MemcachedServer> StartAsync(string[]? arguments = null, CancellationToken cancellationToken = default)
    {
        ServerPrograms.Require("memcached", Package);
        return StartAsync(new MemcachedServer(arguments ?? [], Loopback.TakePort()), server => server.StartAgainAsync(cancellationToken));
    }

    private protected override string[] Command() => [ServerPrograms.Require("memcached", Package), "-l", Loopback.Host, "-p", $"{Port}", "-U", "0", .. _arguments];
}
