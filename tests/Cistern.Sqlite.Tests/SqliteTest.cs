using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>What tests of the backend on a file share: a folder, a clock that stands still, and ways to open.</summary>
public abstract class SqliteTest : IDisposable
{
    private protected TempFolder Folder { get; } = new();

    private protected ManualTimeProvider Clock { get; } = new();

    private protected string DatabasePath => Folder["cache.db"];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected SqliteBackend Open(SqliteBackendOptions? options = null) => SqliteBackend.Open(DatabasePath, (options ?? new SqliteBackendOptions()) with { TimeProvider = Clock });

    private protected CacheBackendException OpenFault() => Assert.Throws<CacheBackendException>(() => Open().Dispose());

    private protected static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private protected static string? Text(SqliteBackend backend, string key) => backend.Get(key) is { } value ? System.Text.Encoding.UTF8.GetString(value) : null;

    private protected static async Task<CacheStats> StatsAsync(SqliteBackend backend) => await backend.GetStatsAsync();
}
