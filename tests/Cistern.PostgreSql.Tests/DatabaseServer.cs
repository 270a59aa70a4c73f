using Cistern.Servers;
using Cistern.Tests;
using Npgsql;

[assembly: AssemblyFixture(typeof(DatabaseServer))]

namespace Cistern.Tests;

/// <summary>One PostgreSQL server for all tests of the assembly that do not break it; each test has a table of its own.</summary>
public sealed class DatabaseServer : IAsyncLifetime
{
    private static int _tables;
    private PostgreSqlServer? _server;

    internal PostgreSqlServer Server
    {
        get
        {
            PostgreSqlServer.Require();
            return _server ?? throw new InvalidOperationException("The server is started by InitializeAsync.");
        }
    }

    internal string ConnectionString => ConnectionTo(Server);

    public async ValueTask InitializeAsync()
    {
        // Without the program each test that needs it says so: what is thrown here would fail them all.
        if (PostgreSqlServer.IsInstalled) _server = await PostgreSqlServer.StartAsync(["fsync=off", "max_connections=200"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    internal static string ConnectionTo(PostgreSqlServer server, int? port = null) => new NpgsqlConnectionStringBuilder
    {
        Host = Loopback.Host,
        Port = port ?? server.Port,
        Username = PostgreSqlServer.User,
        Database = PostgreSqlServer.User,
        Password = server.Password,
    }.ConnectionString;

    /// <summary>The name of a table that no other test has.</summary>
    internal static string NewTable() => $"cache {Interlocked.Increment(ref _tables)}";
}
