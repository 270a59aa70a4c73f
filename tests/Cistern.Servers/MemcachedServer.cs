namespace Cistern.Servers;

/// <summary>A memcached server on a free port of this machine. It may be killed, and started again, empty, where it was.</summary>
public sealed class MemcachedServer : IAsyncDisposable
{
    private const string Package = "memcached";

    private readonly ServerFolder _folder = new();
    private readonly string[] _arguments;
    private ServerProcess? _process;

    private MemcachedServer(string[] arguments, int port)
    {
        _arguments = arguments;
        Port = port;
    }

    /// <summary>The port it listens on, of 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The running process.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Starts one.</summary>
    /// <param name="arguments">More arguments, as <c>-m 64</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<MemcachedServer> StartAsync(string[]? arguments = null, CancellationToken cancellationToken = default)
    {
        ServerPrograms.Require("memcached", Package);
        var server = new MemcachedServer(arguments ?? [], Loopback.TakePort());
        try
        {
            await server.StartAgainAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, on the same port.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        string[] command = [ServerPrograms.Require("memcached", Package), "-l", Loopback.Host, "-p", $"{Port}", "-U", "0", .. _arguments];
        _process = await ServerProcess.StartAsync(command, _folder["log"], token => Loopback.IsListeningAsync(Port, token), cancellationToken);
    }

    /// <summary>Ends it at once.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _folder.Dispose();
    }
}
