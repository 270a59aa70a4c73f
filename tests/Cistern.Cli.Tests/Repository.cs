using System.Runtime.CompilerServices;

namespace Cistern.Cli.Tests;

/// <summary>Finds files of the repository from its tests.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file of the vectors shared beside the repository; skips the test, visibly, where they are not.</summary>
    public static string Vectors(string name) => Shared("vectors", name);

    /// <summary>A document of the seeds shared beside the repository, by the number it begins with; skips the test, visibly, where they are not.</summary>
    public static string Seed(string number) => Shared("seeds", $"{number}_*.txt");

    private static string Shared(string kind, string name)
    {
        for (var folder = new DirectoryInfo(Root); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared", kind);
            if (Directory.Exists(shared) && Directory.EnumerateFiles(shared, name).FirstOrDefault() is { } path) return path;
        }

        Assert.Skip($"The {kind} are not here: shared/{kind}/{name} beside the repository.");
        return "";
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
