namespace Cistern.Servers;

/// <summary>A server on a free port of this machine, with its files in a temporary folder that goes with it. It may be killed, and started again where it was.</summary>
public abstract class LocalServer : IAsyncDisposable
{
    private ServerProcess? _process;

    private protected LocalServer(int port) => Port = port;

    /// <summary>The port it listens on, of 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The running process.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("The server is not running.");

    private protected ServerFolder Folder { get; } = new();

    /// <summary>Starts it again after <see cref="KillAsync"/>, on the same port and with the same files.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default) =>
        _process = await ServerProcess.StartAsync(Command(), Folder["log"], IsReadyAsync, cancellationToken);

    /// <summary>Ends it at once, as a crash does.</summary>
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
        GC.SuppressFinalize(this);
        if (_process is not null)
        {
            await EndAsync(_process);
            await _process.DisposeAsync();
        }

        Folder.Dispose();
    }

    // Whatever it does, a server that could not be started leaves nothing.
    private protected static async Task<TServer> StartAsync<TServer>(TServer server, Func<TServer, Task> start) where TServer : LocalServer
    {
        try
        {
            await start(server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>The program and its arguments.</summary>
    private protected abstract string[] Command();

    /// <summary>Whether it can be used; asked again and again as it starts.</summary>
    private protected virtual Task<bool> IsReadyAsync(CancellationToken cancellationToken) => Loopback.IsListeningAsync(Port, cancellationToken);

    /// <summary>Ends it before its folder goes. Default: nothing, as its process ends when it is disposed.</summary>
    private protected virtual Task EndAsync(ServerProcess process) => Task.CompletedTask;
}
