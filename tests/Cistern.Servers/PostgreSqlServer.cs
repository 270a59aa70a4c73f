using System.Diagnostics;

namespace Cistern.Servers;

/// <summary>A PostgreSQL server with a fresh cluster of databases.</summary>
public sealed class PostgreSqlServer : LocalServer
{
    private const string Package = "postgresql";
    private const string Program = "postgres";

    /// <summary>The name of its one user, who may do everything, and of that user's database.</summary>
    public const string User = "cistern";

    private readonly string[] _settings;

    private PostgreSqlServer(string[] settings, int port) : base(port) => _settings = settings;

    /// <summary>The user's password; of this server alone.</summary>
    public string Password { get; } = Guid.NewGuid().ToString("n");

    /// <summary>Whether the program is installed.</summary>
    public static bool IsInstalled => ServerPrograms.Find(Program) is not null;

    /// <summary>Skips the test where the program is not installed, or fails it where services are required.</summary>
    public static void Require() => ServerPrograms.Require(Program, Package);

    /// <summary>Starts one.</summary>
    /// <param name="settings">More settings, as <c>shared_buffers=64MB</c>.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<PostgreSqlServer> StartAsync(string[]? settings = null, CancellationToken cancellationToken = default)
    {
        Require();
        return StartAsync(new PostgreSqlServer(settings ?? [], Loopback.TakePort()), async server =>
        {
            await server.InitializeAsync();
            await server.StartAgainAsync(cancellationToken);
            await server.CreateDatabaseAsync();
        });
    }

    private protected override string[] Command()
    {
        string[] settings = [$"port={Port}", $"listen_addresses={Loopback.Host}", "unix_socket_directories=", .. _settings];
        return [ServerPrograms.Require(Program, Package), "-D", Data, .. settings.SelectMany(setting => new[] { "-c", setting })];
    }

    private protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken) => await RunAsync("pg_isready", ["-q", "-h", Loopback.Host, "-p", $"{Port}"]) == 0;

    // Its children hold files in the folder until they have ended: by a stop, the server waits for them.
    private protected override Task EndAsync(ServerProcess process) => process.StopAsync();

    private string Data => Folder["data"];

    private async Task InitializeAsync()
    {
        var password = Folder.Write("password", Password);
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
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = Folder.Path };
        start.Environment["PGPASSWORD"] = Password;
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
