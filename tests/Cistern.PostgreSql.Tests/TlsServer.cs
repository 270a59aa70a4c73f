using Cistern.Servers;
using Npgsql;

namespace Cistern.Tests;

/// <summary>A server with a certificate.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly PostgreSqlServer _server;
    private readonly ServerFolder _folder;

    private TlsServer(PostgreSqlServer server, ServerFolder folder)
    {
        _server = server;
        _folder = folder;
    }

    public string Password => _server.Password;

    public string Address => $"postgres://{PostgreSqlServer.User}:{Password}@{Loopback.Host}:{_server.Port}/{PostgreSqlServer.User}";

    public string ConnectionString => DatabaseServer.ConnectionTo(_server);

    public static async Task<TlsServer> StartAsync(string certificate, string key)
    {
        var folder = new ServerFolder();
        try
        {
            string[] settings = ["fsync=off", "ssl=on", $"ssl_cert_file={folder.Write("server.crt", certificate)}", $"ssl_key_file={folder.Write("server.key", key)}"];
            return new TlsServer(await PostgreSqlServer.StartAsync(settings), folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Whether the backend has connections, all of them encrypted.</summary>
    public async Task<bool> AreAllEncryptedAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT coalesce(bool_and(ssl), false) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'cistern'", connection);
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
