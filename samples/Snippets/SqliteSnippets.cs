using Cistern;

namespace Samples;

/// <summary>The SQLite backend, used.</summary>
internal static class SqliteSnippets
{
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("cistern-snippets-");
        var path = Path.Combine(folder.FullName, "cache.db");
        #region Sqlite
        await using var backend = SqliteBackend.Open(path, new SqliteBackendOptions { MaxSizeBytes = 100 * 1024 * 1024 });
        await backend.SetStringAsync("user:1", "Ada");

        await using var another = SqliteBackend.Open(path);            // here or in another process: the same entries
        string? name = await another.GetStringAsync("user:1");
        #endregion
        Check.That(name == "Ada");
        await backend.DisposeAsync();
        await another.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
