namespace Cistern.Tests;

/// <summary>The public surface is what the approved files say, so that a change to it shows in the diff.</summary>
public sealed class PublicSurfaceTests
{
    /// <summary>The assemblies that ship as libraries. An app's types are internal.</summary>
    public static TheoryData<string> Assemblies => [.. Repository.SourceProjects.Where(project => project.Room != Room.Apps).Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void PublicSurface_OfEachLibrary_IsTheApprovedOne(string assembly) =>
        Approved.Check($"tests/Architecture.Tests/PublicSurface/{assembly}.txt", PublicSurfaceText.Of(Repository.Load(assembly)));

    [Fact]
    public void PublicSurface_OfEachApp_IsEmpty() =>
        Offenders.None(Repository.SourceProjects.Where(project => project.Room == Room.Apps).SelectMany(project => PublicSurface.Types(Repository.Load(project.Name))).Select(type => type.FullName!));

    [Fact]
    public void PublicSurface_ApprovedFiles_BelongToALibrary() =>
        Offenders.None(Repository.Files("tests/Architecture.Tests/PublicSurface", "*.txt")
            .Where(path => Repository.SourceProjects.All(project => project.Name != Path.GetFileNameWithoutExtension(path))));
}
