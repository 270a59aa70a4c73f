using System.Text;
using System.Text.Json;

namespace Cistern.Cli.Tests.Backfill;

/// <summary>Inputs so large that they are read before the arguments are understood.</summary>
public sealed class LargeInputTests : IDisposable
{
    private const int Entries = 10_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LargeInput_GivesEveryResult()
    {
        var input = _folder.Write("config.json", LargeConfig(Entries));
        var run = await CliRun.ProgramAsync(["backfill", "--quiet", "--input", input, "--output", _folder.At("out.json")]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var summary = JsonDocument.Parse(run.Output);
        var results = summary.RootElement.GetProperty("lookup_results").EnumerateArray().ToArray();
        Assert.Equal(Entries, results.Length);
        Assert.All(results.Index(), result => Assert.Equal((Key(result.Index), Value(result.Index)), (result.Item.GetProperty("key").GetString(), result.Item.GetProperty("value").GetString())));
        Assert.Equal(run.Output, await File.ReadAllTextAsync(_folder.At("out.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LargeInput_OfWhichTheEndIsMissing_IsToldWithItsPlace()
    {
        var config = LargeConfig(Entries);
        var input = _folder.Write("config.json", config[..^3]);
        var run = await CliRun.ProgramAsync(["backfill", "--input", input, "--output", _folder.At("out.json")]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"cistern: {input}:1:", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("out.json")));
    }

    [Fact]
    public async Task LargeInput_BesideArgumentsThatAreWrong_IsNotWhatIsTold()
    {
        var input = _folder.Write("config.json", LargeConfig(Entries));
        var run = await CliRun.ProgramAsync(["backfill", "--input", input, "--inputt", "x"]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--inputt", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandardOutput_ThatIsAppendedTo_GetsTheWholeSummaryBehindWhatWasThere()
    {
        var input = _folder.Write("config.json", LargeConfig(Entries));
        var log = _folder.Write("log", "before\n");
        var run = await CliRun.ProcessAsync("sh", ["-c", $"'{CliRun.Program}' backfill --quiet --input '{input}' --output '{_folder.At("out.json")}' >> '{log}'"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("before\n" + await File.ReadAllTextAsync(_folder.At("out.json"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task StandardOutput_ThatIsAPipe_IsNotChangedByWhoWritesTheFileLater()
    {
        var input = _folder.Write("config.json", """{"source": {"a": "1"}, "lookups": ["a"]}""");
        var output = _folder.At("out.json");
        var run = await CliRun.ProcessAsync("sh", ["-c", $"( '{CliRun.Program}' backfill --quiet --input '{input}' --output '{output}'; printf '{{\"overwritten\":true}}' 1<>'{output}' ) | ( sleep 1; cat )"]);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("{\n  \"cache_size\": 1,", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("{\"overwritten\":true}", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Key(int number) => $"key-{number}";

    private static string Value(int number) => $"{number}:" + new string('v', 500);

    private static string LargeConfig(int entries)
    {
        var text = new StringBuilder("{\"source\": {");
        text.AppendJoin(", ", Enumerable.Range(0, entries).Select(number => $"\"{Key(number)}\": \"{Value(number)}\""));
        text.Append("}, \"lookups\": [").AppendJoin(", ", Enumerable.Range(0, entries).Select(number => $"\"{Key(number)}\"")).Append("]}");
        return text.ToString();
    }
}
