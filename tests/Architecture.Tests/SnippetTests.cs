namespace Cistern.Tests;

/// <summary>C# in documents is C# that compiles: each block repeats a region of a sample, word for word.</summary>
public sealed class SnippetTests
{
    private static readonly Dictionary<string, string> Regions = ReadRegions();

    public static TheoryData<string> DocumentPaths => [.. Documents.Paths];

    [Theory]
    [MemberData(nameof(DocumentPaths))]
    public void Document_ItsCode_IsTheCodeOfASample(string path)
    {
        var text = Repository.Read(path);
        if (Approved.IsAccepting) File.WriteAllText(Path.Combine(Repository.Root, path), text = Documents.ReplaceCode(text, name => Regions.GetValueOrDefault(name, "")));
        foreach (var (snippet, code) in Documents.CodeBlocks(text))
        {
            Assert.True(snippet.Length > 0, $"{path}: put <!-- snippet: NAME --> before this block, and a #region NAME around its code in samples:\n{code}");
            Assert.True(Regions.TryGetValue(snippet, out var expected), $"{path}: no sample has a #region {snippet}.");
            Assert.Equal(expected, code);
        }
    }

    [Fact]
    public void Region_OfASample_IsShownInADocument()
    {
        var shown = Documents.Paths.SelectMany(path => Documents.CodeBlocks(Repository.Read(path))).Select(block => block.Snippet).ToHashSet();
        Offenders.None(Regions.Keys.Where(name => !shown.Contains(name)));
    }

    private static Dictionary<string, string> ReadRegions()
    {
        var regions = new Dictionary<string, string>();
        foreach (var path in new[] { "samples", "tests/Samples.Tests" }.SelectMany(folder => Repository.Files(folder, "*.cs")))
        {
            string? name = null;
            List<string> lines = [];
            foreach (var line in Repository.Read(path).ReplaceLineEndings("\n").Split('\n'))
            {
                if (line.TrimStart().StartsWith("#region ", StringComparison.Ordinal)) (name, lines) = (line.Trim()["#region ".Length..], []);
                else if (line.Trim() == "#endregion" && name is not null) regions.Add(name, Unindent(lines));
                else lines.Add(line);
            }
        }

        return regions;
    }

    private static string Unindent(List<string> lines)
    {
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        var text = string.Join('\n', lines.Select(line => line.Length < indent ? "" : line[indent..]));
        return text.Trim('\n') + "\n";
    }
}
