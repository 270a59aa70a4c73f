using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Cistern.Servers;

/// <summary>A Redis server.</summary>
public sealed class RedisServer : LocalServer
{
    private const string Package = "redis-server";

    // The nodes of a cluster talk to one another so far above the port for clients.
    private const int BusPort = 10_000;

    private readonly RedisServerOptions _options;

    private RedisServer(RedisServerOptions options, int port) : base(port) => _options = options;

    /// <summary>Starts one. Without persistence: it comes back empty after a kill, unless the directives say otherwise.</summary>
    public static Task<RedisServer> StartAsync(RedisServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        ServerPrograms.Require("redis-server", Package);
        var port = Loopback.TakePort(options is { IsClusterNode: true } ? BusPort : 0);
        return StartAsync(new RedisServer(options ?? new RedisServerOptions(), port), server =>
        {
            server.Configure();
            return server.StartAgainAsync(cancellationToken);
        });
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

    private protected override string[] Command() => [ServerPrograms.Require("redis-server", Package), Folder["redis.conf"]];

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
        var lines = new List<string> { $"bind {Loopback.Host}", "protected-mode yes", $"dir {Folder.Path}", "save \"\"", "appendonly no", "daemonize no", "loglevel notice" };
        if (_options.Certificate is { } certificate)
        {
            lines.AddRange(["port 0", $"tls-port {Port}", $"tls-cert-file {Folder.Write("server.crt", certificate.Certificate)}", $"tls-key-file {Folder.Write("server.key", certificate.Key)}", "tls-auth-clients no"]);
        }
        else
        {
            lines.Add($"port {Port}");
        }

        if (_options.Password is { } password) lines.AddRange([$"requirepass {password}", $"masterauth {password}"]);
        if (_options.IsClusterNode) lines.AddRange(["cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 1000"]);
        lines.AddRange(_options.Directives);
        Folder.Write("redis.conf", string.Join('\n', lines) + "\n");
    }

    // It accepts connections before it has loaded its files, when it answers -LOADING.
    private protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (!await Loopback.IsListeningAsync(Port, cancellationToken)) return false;
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
