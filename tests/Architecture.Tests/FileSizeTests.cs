namespace Cistern.Tests;

/// <summary>Files stay small enough to read at one go. What they may be is in CONTRIBUTING.md.</summary>
public sealed class FileSizeTests(ITestOutputHelper output)
{
    /// <summary>What a file past the last limit says, with its reason after it.</summary>
    private const string Reason = "// Past 400 lines because ";

    private static readonly (string Path, string[] Lines)[] Files =
        [.. new[] { "src", "tests", "samples", "bench", "scripts" }.SelectMany(folder => Repository.Files(folder, "*.cs")).Select(path => (path, File.ReadAllLines(Path.Combine(Repository.Root, path))))];

    [Fact]
    public void File_Past400Lines_SaysWhy() =>
        Offenders.None(Files.Where(file => file.Lines.Length > 400 && !file.Lines.Any(line => line.TrimStart().StartsWith(Reason, StringComparison.Ordinal)))
            .Select(file => $"{file.Path} has {file.Lines.Length} lines: find its second idea, or add a line \"{Reason}…\""));

    [Fact]
    public void File_NineInTen_AreUnder200Lines()
    {
        var lengths = Files.Select(file => file.Lines.Length).Order().ToArray();
        output.WriteLine($"{lengths.Length} files; median {lengths[lengths.Length / 2]} lines, nine in ten up to {lengths[lengths.Length * 9 / 10]}, longest {lengths[^1]}");
        foreach (var (path, lines) in Files.Where(file => file.Lines.Length > 300)) output.WriteLine($"{lines.Length} lines, look for the second idea: {path}");
        Assert.True(lengths.Count(length => length < 200) >= lengths.Length * 9 / 10, "More than one file in ten has 200 lines or more.");
    }
}
