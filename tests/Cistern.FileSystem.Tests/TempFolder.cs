namespace Cistern.Tests;

/// <summary>A folder of one test's own, or of one class's, gone with it.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("cistern-file-").FullName;

    public string Path { get; }

    /// <summary>The file that most tests are about.</summary>
    public string Cache => At("cache.json");

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A path in it that nothing else uses.</summary>
    public string Fresh() => At($"{Guid.NewGuid():n}.json");

    /// <summary>The names of the files in it, in order.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
