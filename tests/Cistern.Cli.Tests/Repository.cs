using System.Runtime.CompilerServices;

namespace Cistern.Cli.Tests;

/// <summary>Finds files of the repository from its tests.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file of the vectors shared beside the repository; skips the test, visibly, where they are not.</summary>
    public static string Vectors(string name)
    {
        for (var folder = new DirectoryInfo(Root); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "vectors", name);
            if (System.IO.File.Exists(path)) return path;
        }

        Assert.Skip($"The vectors are not here: shared/vectors/{name} beside the repository.");
        return "";
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
