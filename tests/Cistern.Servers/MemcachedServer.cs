namespace Cistern.Servers;

/// <summary>A memcached server. Started again, it is empty.</summary>
public sealed class MemcachedServer : LocalServer
{
    private const string Package = "memcached";
    private const string Program = "memcached";

    private readonly string[] _arguments;

    private MemcachedServer(string[] arguments, int port) : base(port) => _arguments = arguments;

    /// <summary>Whether the program is installed.</summary>
    public static bool IsInstalled => ServerPrograms.Find(Program) is not null;

    /// <summary>Skips the test where the program is not installed, or fails it where services are required.</summary>
    public static void Require() => ServerPrograms.Require(Program, Package);

    /// <summary>Starts one.</summary>
    /// <param name="arguments">More arguments, as <c>-m 64</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<MemcachedServer> StartAsync(string[]? arguments = null, CancellationToken cancellationToken = default)
    {
        Require();
        return StartAsync(new MemcachedServer(arguments ?? [], Loopback.TakePort()), server => server.StartAgainAsync(cancellationToken));
    }

    private protected override string[] Command() => [ServerPrograms.Require(Program, Package), "-l", Loopback.Host, "-p", $"{Port}", "-U", "0", .. _arguments];
}
