using System.Reflection;
using System.Xml.Linq;

namespace Cistern.Tests;

/// <summary>The repository these tests were built from: its files, and the projects under src.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "TestResults", "node_modules"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project under src.</summary>
    public static IReadOnlyList<SourceProject> SourceProjects { get; } =
        [.. Files("src", "*.csproj").Select(path => new SourceProject(path, XDocument.Load(Path.Combine(Root, path)))).OrderBy(project => project.Name, StringComparer.Ordinal)];

    /// <summary>The files below a folder whose names match, as paths from the root with forward slashes, sorted.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var start = Path.Combine(Root, folder);
        if (!Directory.Exists(start)) return [];
        return Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => NotOurs.Contains(part) || (part.StartsWith('.') && part is not ".ci")))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>The text of a file of the repository.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The assembly of a source project, as it lies beside these tests.</summary>
    public static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cistern.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No Cistern.slnx above {AppContext.BaseDirectory}.");
    }
}
