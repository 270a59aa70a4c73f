using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The PostgreSQL backend on an unlogged table.</summary>
public sealed class PostgreSqlContract(DatabaseServer server) : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        await PostgreSqlBackend.OpenAsync(server.ConnectionString, new PostgreSqlBackendOptions { Table = DatabaseServer.NewTable(), TimeProvider = clock });
}
