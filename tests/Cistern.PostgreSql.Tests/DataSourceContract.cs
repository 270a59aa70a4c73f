using Cistern.Testing;
using Npgsql;

namespace Cistern.Tests;

/// <summary>The PostgreSQL backend on logged tables over an application's own data source, which resets its connections and prepares nothing, and with a longer memory for deleted keys.</summary>
public sealed class DataSourceContract(DatabaseServer server) : CacheBackendContract
{
    private static NpgsqlDataSource? _source;

    protected override TimeSpan TombstoneRetention => TimeSpan.FromMinutes(10);

    // One for all tests, as in an application; it ends with the process.
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => await PostgreSqlBackend.OpenAsync(
        _source ??= NpgsqlDataSource.Create(server.ConnectionString),
        new PostgreSqlBackendOptions { Table = DatabaseServer.NewTable(), IsLogged = true, TimeProvider = clock, TombstoneRetention = TombstoneRetention });
}
