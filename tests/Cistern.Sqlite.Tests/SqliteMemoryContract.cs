using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The SQLite backend in memory, and with a longer memory for deleted keys.</summary>
public sealed class SqliteMemoryContract : CacheBackendContract
{
    protected override TimeSpan TombstoneRetention => TimeSpan.FromMinutes(10);

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(null, null, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private SqliteBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) => SqliteBackend.Open(
        ":memory:", new SqliteBackendOptions { Capacity = capacity, MaxSizeBytes = maxSizeBytes, TimeProvider = clock, TombstoneRetention = TombstoneRetention });
}
