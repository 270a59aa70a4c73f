using System.Text;
using System.Xml.Linq;

namespace Cistern.Cli.Tests;

public sealed class ReplayVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VerbRig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Replay_ALogOfLines_PrintsTheTableAndTheAdvice()
    {
        var run = await _rig.RunAsync("replay", _folder.Write("nine.log", ReplayLogs.Nine), "--capacity", "2,100%", "--policy", "lru,oldest_added");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            [
                "requests       9", "distinct keys  3", "requested      900 bytes", "footprint      300 bytes", "",
                "capacity   policy        hit ratio  hits  evictions  entries",
                "2          lru             33.33 %     3          4        2",
                "2          oldest_added    22.22 %     2          5        2",
                "2          optimum         55.56 %     5          –        –",
                "3 (100 %)  lru             66.67 %     6          0        3",
                "3 (100 %)  oldest_added    66.67 %     6          0        3",
                "3 (100 %)  optimum         66.67 %     6          –        –", "",
                "lru has the best hit ratio at 2 to 3 entries; the smallest capacity within 1 point of the largest hit ratio (66.67 %) is 3 entries, with lru (66.67 %).", "",
            ],
            run.Output.Split('\n').Select((line, i) => i is > 4 and < 12 ? line[..60] : line));
    }

    [Fact]
    public async Task Replay_ALogWithSizes_TellsTheByteHitRatio()
    {
        var run = await _rig.RunAsync("replay", _folder.Write("nine.csv.gz", ReplayLogs.Compress(ReplayLogs.NineWithSizes)), "--capacity", "2", "--policy", "lru");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("requested      160 bytes\nfootprint      60 bytes\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n2         lru        33.33 %         25.00 %     3", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n2         optimum    55.56 %               –     5", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_MaxSize_IsInBytesAndHasNoOptimum()
    {
        var run = await _rig.RunAsync("replay", _folder.Write("nine.csv", ReplayLogs.NineWithSizes), "--max-size", "30,1KB", "--policy", "oldest_added");

        Assert.Equal(0, run.ExitCode);

        // Room for 30 bytes: a and b; c alone; a; b, too; c alone; a.
        Assert.Contains("\n30 bytes  oldest_added    22.22 %         18.75 %     2          6        1", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n1 KB      oldest_added    66.67 %         62.50 %     6          0        3", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("optimum", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_ValuesTooLargeForABound_AreNoted()
    {
        var run = await _rig.RunAsync("replay", _folder.Write("nine.csv", ReplayLogs.NineWithSizes), "--max-size", "20", "--policy", "lru");

        Assert.Equal((0, "cistern: up to 2 values in one replay were too large for the bound, and not stored\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Replay_WithoutOptions_HasEveryPolicyAtPartsOfTheKeys()
    {
        _rig.Input = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 5000).Select(i => i * i % 1000)));

        var (exitCode, json) = await _rig.JsonAsync("replay", "-");

        Assert.Equal(0, exitCode);
        var keys = json.GetProperty("distinct_keys").GetInt64();
        Assert.Equal(
            from percent in new[] { 1, 2, 5, 10, 25, 50 } from policy in new[] { "lru", "oldest_added", "s3fifo", "tiny_lfu", "adaptive", "optimum" } select (Math.Max(1, keys * percent / 100), policy),
            json.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("capacity").GetInt64(), result.GetProperty("policy").GetString()!)));
    }

    [Fact]
    public async Task Replay_Json_HasTheFiguresOfEveryReplay()
    {
        _rig.Input = Encoding.UTF8.GetBytes(ReplayLogs.NineWithSizes);

        var (exitCode, json) = await _rig.JsonAsync("replay", "-", "--capacity", "2", "--capacity", "3", "--policy", "lru");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            ["log", "requests", "distinct_keys", "requested_bytes", "footprint_bytes", "has_sizes", "results", "best", "recommended_policy", "recommended_capacity", "advice"],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("standard input", 9, 3, 160, 60, true), (json.GetProperty("log").GetString(), json.GetProperty("requests").GetInt32(), json.GetProperty("distinct_keys").GetInt32(), json.GetProperty("requested_bytes").GetInt32(), json.GetProperty("footprint_bytes").GetInt32(), json.GetProperty("has_sizes").GetBoolean()));
        var results = json.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(["2 lru", "2 optimum", "3 lru", "3 optimum"], results.Select(result => $"{result.GetProperty("capacity")} {result.GetProperty("policy")}"));
        Assert.Equal(
            ["capacity", "policy", "hit_ratio", "byte_hit_ratio", "hits", "misses", "evictions", "too_large", "current_entries", "current_size_bytes", "memory_bytes", "peak_memory_bytes"],
            results[0].EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            "0.333333 0.25 3 6 4 0 2",
            string.Join(' ', new[] { "hit_ratio", "byte_hit_ratio", "hits", "misses", "evictions", "too_large", "current_entries" }.Select(name => results[0].GetProperty(name))));
        Assert.All(new[] { "byte_hit_ratio", "evictions", "too_large", "current_entries", "memory_bytes" }, name => Assert.Equal(System.Text.Json.JsonValueKind.Null, results[1].GetProperty(name).ValueKind));
        Assert.Equal(["{\"capacity\": 2, \"policy\": \"lru\", \"hit_ratio\": 0.333333}", "{\"capacity\": 3, \"policy\": \"lru\", \"hit_ratio\": 0.666667}"], json.GetProperty("best").EnumerateArray().Select(best => best.GetRawText()));
        Assert.Equal(("lru", 3), (json.GetProperty("recommended_policy").GetString(), json.GetProperty("recommended_capacity").GetInt32()));
    }

    [Fact]
    public async Task Replay_Page_IsWrittenAndNamed()
    {
        var page = _folder.At("new", "page.html");

        var run = await _rig.RunAsync("replay", _folder.Write("<b>&.log", ReplayLogs.Nine), "--page", page);

        Assert.Equal((0, $"{page} written\n"), (run.ExitCode, run.Error));
        Assert.Equal("Hit ratios of <b>&.log", XDocument.Parse(await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken)).Descendants("h1").Single().Value);
        Assert.Single(Directory.GetFiles(_folder.At("new")));
    }

    [Fact]
    public async Task Replay_Quiet_PrintsOnlyWhatWasAskedFor()
    {
        var run = await _rig.RunAsync("replay", _folder.Write("nine.csv", ReplayLogs.NineWithSizes), "--max-size", "20", "--page", _folder.At("page.html"), "--quiet");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("requests       9\n", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("page.html")));
    }

    [Fact]
    public async Task Replay_OnATerminal_ShowsABarOnStandardErrorOnly()
    {
        _rig.IsTerminal = true;

        var run = await _rig.RunAsync("replay", _folder.Write("nine.log", ReplayLogs.Nine));

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    public static TheoryData<string, string[]> CommandLines => new()
    {
        { "LOG is missing; the arguments are LOG", [] },
        { "an argument too many", ["LOG", "hunter2"] },
        { "LOG: must name a file, or be - for standard input", [""] },
        { "There is no such file.", ["/nowhere/x.log"] },
        { "This is a folder; a file is needed.", ["FOLDER"] },
        { "--capacity needs a value", ["LOG", "--capacity"] },
        { "--capacity: must be a whole number of entries, at least 1, or a part of the distinct keys from above 0% to 100%, such as 10000 or 10%; found 'x'", ["LOG", "--capacity", "10,x"] },
        { "--max-size: must be a number of bytes such as 1000, 64KB, 100MB or 2GB (MB = 1024² bytes); found '10%'", ["LOG", "--max-size", "10%"] },
        { "--max-memory: must be a number of bytes", ["LOG", "--max-memory", "1MB,-5"] },
        { "--capacity and --max-size exclude each other", ["LOG", "--max-size", "1MB", "--capacity", "1"] },
        { "--capacity and --max-memory exclude each other", ["LOG", "--max-memory", "1MB", "--capacity", "1"] },
        { "--max-size and --max-memory exclude each other", ["LOG", "--max-memory", "1MB", "--max-size", "1MB"] },
        { "--policy: must be lru, oldest_added, s3fifo, tiny_lfu or adaptive; found 'LFU'; did you mean 'lru'?", ["LOG", "--policy", "LFU"] },
        { "--format: must be lines or csv; found 'json'", ["LOG", "--format", "json"] },
        { "--value-bytes: must be a number of bytes", ["LOG", "--value-bytes", "0"] },
        { "--value-bytes: must be at most 2147483591; found '2GB'", ["LOG", "--value-bytes", "2GB"] },
        { "--page: must name a file", ["LOG", "--page", ""] },
        { "is a folder; --page must name a file", ["LOG", "--page", "FOLDER"] },
        { "LOG and --page are the same file; nothing was changed", ["LOG", "--page", "LOG"] },
        { "unknown option '--capcity'; did you mean '--capacity'?", ["LOG", "--capcity", "1"] },
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task CommandLine_ThatCannotBeUsed_IsRefusedInOneLine(string fragment, string[] args)
    {
        var log = _folder.Write("nine.log", ReplayLogs.Nine);

        var run = await _rig.RunAsync(["replay", .. args.Select(arg => arg == "LOG" ? log : arg == "FOLDER" ? _folder.Path : arg)]);

        Assert.True(run.ExitCode == 2, $"exit {run.ExitCode}: {run.Error}");
        Assert.Empty(run.Output);
        Assert.StartsWith("cistern: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(fragment, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        Assert.Equal(ReplayLogs.Nine, await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Replay_ABadLineFarIntoTheLog_LeavesThePageAsItWas()
    {
        var (log, page) = (_folder.Write("bad.log", string.Concat(Enumerable.Range(0, 10_000).Select(i => $"key:{i}\n")) + "b\0d\n"), _folder.Write("page.html", "before"));

        var run = await _rig.RunAsync("replay", log, "--page", page);

        Assert.Equal((2, "", $"cistern: {log}: line 10001, byte 1: A key must not contain NUL (U+0000).\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal("before", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task Replay_Interrupted_WritesNothing()
    {
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();

        var run = await _rig.RunAsync(interruption.Token, "replay", _folder.Write("nine.log", ReplayLogs.Nine), "--page", _folder.At("page.html"));

        Assert.Equal((130, "", "cistern: interrupted; nothing was written\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Replay_ByTheProgram_LoadsNoTablesForATerminal()
    {
        var run = await CliRun.ProgramAsync(["replay", _folder.Write("nine.log", ReplayLogs.Nine), "--capacity", "2", "--policy", "lru"], new() { ["DOTNET_STARTUP_HOOKS"] = typeof(ReplayVerbTests).Assembly.Location });

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("lru has the best hit ratio at 2 entries: 33.33 %.\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Spectre.Console", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_ByTheProgram_TellsACutLogFromAWholeOne()
    {
        var run = await CliRun.ProgramAsync(["replay", _folder.Write("cut.gz", ReplayLogs.Compress(ReplayLogs.Nine)[..^5])]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.EndsWith("the gzip data are damaged or cut off\n", run.Error, StringComparison.Ordinal);
    }
}
