using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Cistern.Servers;

/// <summary>A Redis server on a free port of this machine, with its files in a temporary folder. It may be killed, and started again where it was.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Package = "redis-server";

    // The nodes of a cluster talk to one another so far above the port for clients.
    private const int BusPort = 10_000;

    private readonly ServerFolder _folder = new();
    private readonly RedisServerOptions _options;
    private ServerProcess? _process;

    private RedisServer(RedisServerOptions options, int port)
    {
        _options = options;
        Port = port;
    }

    /// <summary>The port it listens on, of 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The running process.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Starts one. Without persistence: it comes back empty after a kill, unless the directives say otherwise.</summary>
    public static async Task<RedisServer> StartAsync(RedisServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ServerPrograms.Require("redis-server", Package);
        var server = new RedisServer(options ?? new RedisServerOptions(), Loopback.TakePort(options is { IsClusterNode: true } ? BusPort : 0));
        try
        {
            server.Configure();
            await server.StartAgainAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, on the same port and with the same files.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        string[] command = [ServerPrograms.Require("redis-server", Package), _folder["redis.conf"]];
        _process = await ServerProcess.StartAsync(command, _folder["log"], async token => await Loopback.IsListeningAsync(Port, token) && await IsReadyAsync(token), cancellationToken);
    }

    /// <summary>Ends it at once.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Asks the server something by <c>redis-cli</c>: beside the client under test.</summary>
    /// <param name="arguments">The command and its arguments.</param>
    /// <returns>What it prints, without the last end of line.</returns>
    public Task<string> AskAsync(params IEnumerable<string> arguments) => RunClientAsync(["-h", Loopback.Host, "-p", $"{Port}", .. arguments]);

    /// <summary>Has <c>redis-cli --cluster</c> do something to the cluster that this server is a node of.</summary>
    /// <param name="action">What to do, as <c>reshard</c>.</param>
    /// <param name="arguments">What it needs to know.</param>
    /// <returns>What it prints.</returns>
    public Task<string> AskClusterAsync(string action, params IEnumerable<string> arguments) => RunClientAsync(["--cluster", action, $"{Loopback.Host}:{Port}", .. arguments]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string> RunClientAsync(IEnumerable<string> arguments)
    {
        var tls = _options.Certificate is { } certificate ? ["--tls", "--cacert", certificate.AuthorityPath] : Array.Empty<string>();
        var start = new ProcessStartInfo(ServerPrograms.Require("redis-cli", "redis-tools"), [.. tls, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        if (_options.Password is { } password) start.Environment["REDISCLI_AUTH"] = password;
        using var client = System.Diagnostics.Process.Start(start)!;
        var error = client.StandardError.ReadToEndAsync();
        var answer = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return (answer + await error).TrimEnd('\n');
    }

    private void Configure()
    {
        var lines = new List<string> { $"bind {Loopback.Host}", "protected-mode yes", $"dir {_folder.Path}", "save \"\"", "appendonly no", "daemonize no", "loglevel notice" };
        if (_options.Certificate is { } certificate)
        {
            lines.AddRange(["port 0", $"tls-port {Port}", $"tls-cert-file {_folder.Write("server.crt", certificate.Certificate)}", $"tls-key-file {_folder.Write("server.key", certificate.Key)}", "tls-auth-clients no"]);
        }
        else
        {
            lines.Add($"port {Port}");
        }

        if (_options.Password is { } password) lines.AddRange([$"requirepass {password}", $"masterauth {password}"]);
        if (_options.IsClusterNode) lines.AddRange(["cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 1000"]);
        lines.AddRange(_options.Directives);
        _folder.Write("redis.conf", string.Join('\n', lines) + "\n");
    }

    // It accepts connections before it has loaded its files, when it answers -LOADING.
    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (_options.Certificate is not null) return true;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Loopback.Host, Port, cancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            var answer = new byte[64];
            var length = await stream.ReadAsync(answer, cancellationToken);
            return length > 0 && !Encoding.ASCII.GetString(answer, 0, length).StartsWith("-LOADING", StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            return false;
        }
    }
}
