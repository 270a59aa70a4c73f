using System.Reflection;
using System.Runtime.CompilerServices;

namespace Cistern.Tests;

/// <summary>Names that have led people astray before: drawers for anything, types that hide folders, namespaces that hide types.</summary>
public sealed class NameTests
{
    private static readonly string[] Drawers = ["Utils", "Utilities", "Helpers", "Common", "Managers", "Internals", "Internal", "Misc", "Stuff", "Shared"];

    private static readonly string[] SourceFolders =
        [.. new[] { "src", "tests", "samples", "bench", "scripts" }.SelectMany(folder => Repository.Files(folder, "*.cs")).SelectMany(path => path.Split('/')[..^1]).Distinct()];

    private static IEnumerable<Type> OurTypes => Repository.SourceProjects.SelectMany(project => Repository.Load(project.Name).GetTypes()).Where(IsWrittenByHand);

    [Fact]
    public void Folder_Anywhere_IsNoDrawerForAnything() =>
        Offenders.None(SourceFolders.Where(folder => Drawers.Contains(folder, StringComparer.OrdinalIgnoreCase)));

    [Fact]
    public void Type_Anywhere_IsNotNamedLikeAFolder() =>
        Offenders.None(OurTypes.Where(type => SourceFolders.Contains(type.Name)).Select(type => type.FullName!));

    [Fact]
    public void Namespace_OfEveryType_IsTheOneOfItsProject()
    {
        var strays = from project in Repository.SourceProjects
                     let expected = project.Room is Room.Testing or Room.Apps ? project.Name : "Cistern"
                     from type in Repository.Load(project.Name).GetTypes()
                     where IsWrittenByHand(type) && type.Namespace != expected
                     select $"{type.FullName} should be in {expected}";
        Offenders.None(strays);
    }

    [Fact]
    public void Namespace_OfAnyProject_IsNotNamedLikeATypeOfTheBaseClassLibrary()
    {
        var theirs = FrameworkTypes().Select(type => type.Name).ToHashSet();
        Assert.Contains("File", theirs);
        var names = Repository.SourceProjects.SelectMany(project => project.Name.Split('.')).Concat(OurTypes.SelectMany(type => type.Namespace!.Split('.')));
        Offenders.None(names.Distinct().Where(theirs.Contains));
    }

    private static bool IsWrittenByHand(Type type) =>
        type.Namespace is { } name && (name == "Cistern" || name.StartsWith("Cistern.", StringComparison.Ordinal))
        && !type.Name.Contains('<') && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null;

    private static IEnumerable<Type> FrameworkTypes()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

        // Visual Basic's own library names its helpers after everything, a FileSystem too; it is in nobody's way without its namespace.
        return trusted.Where(path => Path.GetDirectoryName(path) == framework && !Path.GetFileName(path).StartsWith("Microsoft.VisualBasic", StringComparison.Ordinal))
            .SelectMany(path => Assembly.Load(AssemblyName.GetAssemblyName(path)).GetExportedTypes());
    }
}
