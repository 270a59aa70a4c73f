using System.Text.RegularExpressions;

namespace Cistern.Tests;

/// <summary>Documents lead somewhere, name tests that exist, and do not speak of one person's machine.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> DocumentPaths => [.. Documents.Paths];

    [Theory]
    [MemberData(nameof(DocumentPaths))]
    public void Document_ItsRelativeLinks_LeadToFiles(string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, path))!;
        Offenders.None(Link().Matches(WithoutCode(path)).Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, Uri.UnescapeDataString(target)))));
    }

    [Theory]
    [MemberData(nameof(DocumentPaths))]
    public void Document_Anywhere_NamesNoPathOfOneMachine(string path) =>
        Offenders.None(MachinePath().Matches(Repository.Read(path)).Select(match => match.Value));

    [Fact]
    public void Requirements_TheTestsTheyName_Exist()
    {
        var named = TestName().Matches(Repository.Read("docs/requirements.md")).Select(match => (Class: match.Groups["class"].Value, Test: match.Groups["test"].Value)).Distinct().ToArray();
        Assert.NotEmpty(named);
        var sources = new[] { "tests", "src/Cistern.Testing" }.SelectMany(folder => Repository.Files(folder, "*.cs")).Select(Repository.Read).ToArray();
        Offenders.None(named
            .Where(name => !sources.Any(source => source.Contains($"class {name.Class}", StringComparison.Ordinal) && source.Contains($" {name.Test}(", StringComparison.Ordinal)))
            .Select(name => $"{name.Class}.{name.Test}"));
    }

    [Fact]
    public void Requirements_EachRow_NamesATestOrSaysLater()
    {
        var rows = Repository.Read("docs/requirements.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Requirement", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(rows);
        Offenders.None(rows.Where(row => !TestName().IsMatch(row) && !row.Contains("later", StringComparison.Ordinal) && !row.Contains("not a requirement", StringComparison.Ordinal)));
    }

    private static string WithoutCode(string path) => Fenced().Replace(Repository.Read(path).ReplaceLineEndings("\n"), "");

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./-])/(work|home|root|Users|tmp/[a-z]+)/[\w./-]*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"`(?<class>\w+)\.(?<test>\w+_\w+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TestName();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Fenced();
}
