using System.Text.RegularExpressions;

namespace Cistern.Cli.Tests;

/// <summary>What <c>cistern write</c> prints, as somebody has read and approved it.</summary>
public sealed partial class WriteApprovedOutputTests : IDisposable
{
    private const string Lines = """
        {"key": "apple", "colour": "red"}
        {"key": "pear", "colour": "green"}
        {"colour": "none"}
        {"key": "\u001b[7mquince\u202e", "colour": "yellow"}
        ["plum"]
        {"key": "apple", "colour": "striped"}
        """;

    private const string ShowCursor = "\u001b[?25h";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Summary_OfASmallWrite_IsAsApproved() => Approval.Check((await RunAsync(Verbosity.Quiet, "memory")).Output, "write-summary.json");

    [Fact]
    public async Task Summary_OfAFailure_IsAsApproved() => Approval.Check((await RunAsync(Verbosity.Quiet, "faulty:?fail-at=1", "memory")).Output, "write-summary-failed.json");

    [Fact]
    public async Task Table_OnNoTerminal_IsAsApproved() => Approval.Check((await RunAsync(Verbosity.Normal, "memory")).Error, "write-table.txt");

    [Fact]
    public async Task Records_Verbose_AreAsApproved() => Approval.Check((await RunAsync(Verbosity.Verbose, "faulty:?fail-at=1", "memory:?capacity=10")).Error, "write-verbose.txt");

    [Theory]
    [InlineData("write-table-on-terminal.txt", false)]
    [InlineData("write-table-on-terminal-no-color.txt", true)]
    public async Task Table_OnATerminal_IsAsApproved(string approved, bool noColor) =>
        Approval.Check(AfterTheBars((await RunAsync(Verbosity.Normal, noColor, isTerminal: true, "faulty:?fail-at=1", "memory")).Error.ReplaceLineEndings("\n")), approved);

    private Task<CliRun> RunAsync(Verbosity verbosity, params string[] to) => RunAsync(verbosity, false, false, to);

    private async Task<CliRun> RunAsync(Verbosity verbosity, bool noColor, bool isTerminal, params string[] to)
    {
        var arguments = new WriteArguments { Input = _folder.Write("fruit.jsonl", Lines), Output = _folder.At("out.json"), To = to, Verbosity = verbosity, NoColor = noColor };
        var run = await WriteRuns.RunAsync(new FaultyScheme(), arguments, isTerminal);
        return run with { Output = Anonymous(run.Output), Error = Anonymous(run.Error) };
    }

    // What the bars look like depends on the time they took.
    private static string AfterTheBars(string text)
    {
        var end = text.LastIndexOf(ShowCursor, StringComparison.Ordinal);
        Assert.True(end > 0);
        return text[(end + ShowCursor.Length)..];
    }

    private string Anonymous(string text) => SecondsInJson().Replace(Seconds().Replace(text.Replace(_folder.Path + "/", ""), "0.001 s"), "\"elapsed_seconds\": 0.001");

    [GeneratedRegex(@"\d+\.\d+ s\b", RegexOptions.None, 10_000)]
    private static partial Regex Seconds();

    [GeneratedRegex(@"""elapsed_seconds"": [0-9.]+", RegexOptions.None, 10_000)]
    private static partial Regex SecondsInJson();
}
