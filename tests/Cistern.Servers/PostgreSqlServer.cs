using System.Diagnostics;

namespace Cistern.Servers;

/// <summary>A PostgreSQL server with a fresh cluster of databases on a free port of this machine. It may be killed, and started again where it was.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Package = "postgresql";

    /// <summary>The name of its one user, who may do everything, and of that user's database.</summary>
    public const string User = "cistern";

    private readonly ServerFolder _folder = new();
    private readonly string[] _settings;
    private ServerProcess? _process;

    private PostgreSqlServer(string[] settings, int port)
    {
        _settings = settings;
        Port = port;
    }

    /// <summary>The port it listens on, of 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The user's password; of this server alone.</summary>
    public string Password { get; } = Guid.NewGuid().ToString("n");

    /// <summary>The running process.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Starts one.</summary>
    /// <param name="settings">More settings, as <c>shared_buffers=64MB</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<PostgreSqlServer> StartAsync(string[]? settings = null, CancellationToken cancellationToken = default)
    {
        ServerPrograms.Require("postgres", Package);
        var server = new PostgreSqlServer(settings ?? [], Loopback.TakePort());
        try
        {
            await server.InitializeAsync();
            await server.StartAgainAsync(cancellationToken);
            await server.CreateDatabaseAsync();
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
        string[] settings = [$"port={Port}", $"listen_addresses={Loopback.Host}", "unix_socket_directories=", .. _settings];
        string[] command = [ServerPrograms.Require("postgres", Package), "-D", Data, .. settings.SelectMany(setting => new[] { "-c", setting })];
        _process = await ServerProcess.StartAsync(command, _folder["log"], async _ => await RunAsync("pg_isready", ["-q", "-h", Loopback.Host, "-p", $"{Port}"]) == 0, cancellationToken);
    }

    /// <summary>Ends it at once, as a crash does. Its children notice, and end.</summary>
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
        if (_process is not null)
        {
            // Its children hold files in the folder until they have ended: by a stop, the server waits for them.
            await _process.StopAsync();
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private string Data => _folder["data"];

    private async Task InitializeAsync()
    {
        var password = _folder.Write("password", Password);
        string[] arguments = ["-D", Data, "-U", User, "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"];
        if (await RunAsync("initdb", arguments, asNobody: true) != 0) throw new InvalidOperationException("initdb failed.");
    }

    private async Task CreateDatabaseAsync()
    {
        if (await RunAsync("createdb", ["-h", Loopback.Host, "-p", $"{Port}", "-U", User, User]) != 0) throw new InvalidOperationException("createdb failed.");
    }

    private async Task<int> RunAsync(string program, string[] arguments, bool asNobody = false)
    {
        string[] command = [ServerPrograms.Require(program, Package), .. arguments];
        if (asNobody) command = Unprivileged.Wrap(command);
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = _folder.Path };
        start.Environment["PGPASSWORD"] = Password;
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
