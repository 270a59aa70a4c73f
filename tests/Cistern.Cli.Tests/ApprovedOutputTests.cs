namespace Cistern.Cli.Tests;

/// <summary>What the program prints, as somebody has read and approved it.</summary>
public sealed class ApprovedOutputTests : IDisposable
{
    private const string Config = """
        {
          "source": {"apple": "red", "pear": "green", "plum": {"colour": "blue", "tons": 2.50}, "quince": "yellow \u001b[7m"},
          "lookups": ["apple", "fig", "pear", "apple", "plum", "quince", "plum", "fig", "quince"],
          "miss_threshold": 0.4,
          "backfill_batch": 2,
          "capacity": 3
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Summary_OfASmallRun_IsAsApproved() => Approval.Check((await RunAsync(Config, "--quiet")).Output, "summary.json");

    [Fact]
    public async Task Table_OnNoTerminal_IsAsApproved() => Approval.Check((await RunAsync(Config)).Error, "table.txt");

    [Fact]
    public async Task Decisions_Verbose_AreAsApproved() => Approval.Check((await RunAsync(Config, "--verbose")).Error, "verbose.txt");

    [Fact]
    public async Task Errors_AreAsApproved() => Approval.Check(string.Concat(
        (await RunAsync(Config.Replace("0.4", "0"))).Error,
        (await RunAsync(Config.Replace("miss_threshold", "miss_treshold"))).Error,
        (await RunAsync(Config.Replace("],", ",],"))).Error,
        (await RunAsync(Config, "--eviction", "fifo")).Error,
        (await RunAsync(Config, "--evicton", "lru")).Error), "errors.txt");

    [Theory]
    [InlineData("table-on-terminal.txt", false)]
    [InlineData("table-on-terminal-no-color.txt", true)]
    public async Task Table_OnATerminal_IsAsApproved(string approved, bool noColor)
    {
        _folder.Write("config.json", Config);
        using var output = new MemoryStream();
        await using var error = new StringWriter { NewLine = "\n" };
        string[] args = ["backfill", "--input", _folder.At("config.json"), "--output", _folder.At("out.json")];

        await CommandLine.RunAsync(noColor ? [.. args, "--no-color"] : args, new ConsoleStreams(output, error) { ErrorIsTerminal = true });

        Approval.Check(Anonymous(error.ToString()).ReplaceLineEndings("\n"), approved);
    }

    private async Task<CliRun> RunAsync(string config, params string[] args)
    {
        var run = await CliRun.InProcessAsync(["backfill", "--input", _folder.Write("config.json", config), "--output", _folder.At("out.json"), .. args]);
        return run with { Error = Anonymous(run.Error) };
    }

    private string Anonymous(string text) => text.Replace(_folder.Path + "/", "");
}
