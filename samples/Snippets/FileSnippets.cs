using Cistern;

namespace Samples;

/// <summary>The backend in one file, by example.</summary>
internal static class FileSnippets
{
    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("cistern-snippets-").FullName;
        try
        {
            await OpenAsync(Path.Combine(folder, "cache.json"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task OpenAsync(string path)
    {
        #region FileBackend
        await using (var backend = FileBackend.Open(path, new FileBackendOptions { Durability = FileDurability.Group }))
        {
            foreach (BackendFinding finding in backend.Findings) Console.WriteLine($"{finding.Where}: {finding.What}");   // empty: all was sound

            await backend.SetStringAsync("user:1", "Ada");   // in the journal, and on the disk
        }

        string json = await File.ReadAllTextAsync(path);      // { "user:1": "Ada" }
        BackendVerification verification = FileBackend.Verify(path);
        #endregion

        Check.That(json.Contains("\"user:1\": \"Ada\"", StringComparison.Ordinal) && verification is { Entries: 1, IsSound: true });
    }
}
