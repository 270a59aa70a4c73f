using System.Xml.Linq;

namespace Cistern.Tests;

/// <summary>A project under src, as its file declares it.</summary>
internal sealed class SourceProject(string path, XDocument file)
{
    /// <summary>Where the project file lies, from the root of the repository.</summary>
    public string Path { get; } = path;

    /// <summary>The project's name, which is its assembly's too.</summary>
    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(path);

    /// <summary>The room of the house the project is in.</summary>
    public Room Room { get; } = path.Split('/') switch
    {
        ["src", "backends", ..] => Room.Backends,
        ["src", "sources", ..] => Room.Sources,
        ["src", "adapters", ..] => Room.Adapters,
        ["src", "apps", ..] => Room.Apps,
        ["src", "Cistern", _] => Room.Core,
        ["src", "Cistern.Testing", _] => Room.Testing,
        _ => throw new InvalidOperationException($"{path} is in no room of docs/architecture.md."),
    };

    /// <summary>The names of the projects it refers to.</summary>
    public IReadOnlyList<string> ProjectReferences { get; } =
        [.. Includes(file, "ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))];

    /// <summary>The packages it refers to.</summary>
    public IReadOnlyList<string> PackageReferences { get; } = [.. Includes(file, "PackageReference")];

    public override string ToString() => Name;

    private static IEnumerable<string> Includes(XDocument file, string element) =>
        file.Descendants(element).Select(reference => reference.Attribute("Include")?.Value).OfType<string>();
}
