using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The SQLite backend on a file.</summary>
public sealed class SqliteFileContract(TempFolder folder) : CacheBackendContract, IClassFixture<TempFolder>
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(null, null, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private SqliteBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        SqliteBackend.Open(folder[Path.GetRandomFileName()], new SqliteBackendOptions { Capacity = capacity, MaxSizeBytes = maxSizeBytes, TimeProvider = clock });
}
