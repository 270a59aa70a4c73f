using System.Text;
using Cistern.Testing;
using Npgsql;

namespace Cistern.Tests;

/// <summary>What tests over the common server share: a table of their own, a clock that stands still, and ways to look past the backend.</summary>
public abstract class PostgreSqlTest(DatabaseServer server)
{
    private protected DatabaseServer Server { get; } = server;

    private protected ManualTimeProvider Clock { get; } = new();

    private protected string Table { get; } = DatabaseServer.NewTable();

    private protected string Quoted => $"\"{Table}\"";

    private protected long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private protected async Task<PostgreSqlBackend> OpenAsync(PostgreSqlBackendOptions? options = null) =>
        await PostgreSqlBackend.OpenAsync(Server.ConnectionString, (options ?? new PostgreSqlBackendOptions()) with { Table = Table, TimeProvider = Clock });

    private protected Task<CacheBackendException> OpenFaultAsync(PostgreSqlBackendOptions? options = null) => Assert.ThrowsAsync<CacheBackendException>(async () => await (await OpenAsync(options)).DisposeAsync());

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Runs a statement as any other program would; returns the first value it gives.</summary>
    private protected async Task<object?> RunAsync(string statement, params object[] arguments)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        foreach (var argument in arguments) command.Parameters.Add(new NpgsqlParameter { Value = argument });
        return await command.ExecuteScalarAsync();
    }

    private protected async Task<long> CountRowsAsync() => (long)(await RunAsync($"SELECT count(*) FROM {Quoted}"))!;
}
