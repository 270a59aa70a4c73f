namespace Cistern.Tests;

/// <summary>Who may name whom. The table is the one of docs/architecture.md; a change to it is a decision.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<Room, Room[]> Allowed = new()
    {
        [Room.Core] = [],
        [Room.Testing] = [Room.Core],
        [Room.Backends] = [Room.Core],
        [Room.Sources] = [Room.Core],
        [Room.Adapters] = [Room.Core],
        [Room.Apps] = [Room.Core, Room.Backends, Room.Sources, Room.Adapters],
    };

    public static TheoryData<string> Projects => [.. Repository.SourceProjects.Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ItsReferences_FollowTheArrows(string name) =>
        Offenders.None(Forbidden(Find(name), Find(name).ProjectReferences));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_ItsReferences_FollowTheArrows(string name)
    {
        var referenced = Repository.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!);
        Offenders.None(Forbidden(Find(name), referenced.Where(reference => Repository.SourceProjects.Any(project => project.Name == reference))));
    }

    [Fact]
    public void Core_ItsProject_NamesNoPackage() => Offenders.None(Find("Cistern").PackageReferences);

    [Fact]
    public void Core_ItsAssembly_ReferencesTheBaseClassLibraryOnly()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = Repository.Load("Cistern").GetReferencedAssemblies().Select(reference => reference.Name!).ToArray();
        Assert.NotEmpty(references);
        Offenders.None(references.Where(reference => !File.Exists(Path.Combine(framework, reference + ".dll"))));
    }

    [Fact]
    public void Solution_EveryProject_IsInIt()
    {
        var solution = Repository.Read("Cistern.slnx");
        var projects = new[] { "src", "tests", "samples", "bench", "scripts" }.SelectMany(folder => Repository.Files(folder, "*.csproj"));
        Offenders.None(projects.Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Samples_TheirProjects_NameNoApp()
    {
        var apps = Repository.SourceProjects.Where(project => project.Room == Room.Apps).Select(project => project.Name).ToArray();
        Assert.NotEmpty(apps);
        Offenders.None(Repository.Files("samples", "*.csproj").Where(path => apps.Any(app => Repository.Read(path).Contains($"{app}.csproj", StringComparison.Ordinal))));
    }

    private static SourceProject Find(string name) => Repository.SourceProjects.Single(project => project.Name == name);

    private static IEnumerable<string> Forbidden(SourceProject project, IEnumerable<string> references) =>
        references.Select(Find)
            .Where(target => !Allowed[project.Room].Contains(target.Room))
            .Select(target => $"{project.Name} ({project.Room}) must not name {target.Name} ({target.Room})");
}
