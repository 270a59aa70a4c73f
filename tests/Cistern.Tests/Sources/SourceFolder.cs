using System.Text;

namespace Cistern.Tests;

/// <summary>A folder of its own for one test, and the files in it.</summary>
public sealed class SourceFolder : IDisposable
{
    public SourceFolder() => Path = Directory.CreateTempSubdirectory("cistern-sources-").FullName;

    public string Path { get; }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string[] Files() => [.. Directory.GetFiles(Path).Select(file => System.IO.Path.GetFileName(file)!)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
