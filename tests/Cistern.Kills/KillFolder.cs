namespace Cistern.Kills.Tests;

/// <summary>A folder of its own for the files of a victim, removed at the end.</summary>
internal sealed class KillFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cistern-kills-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
