using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

public sealed class BackfillCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Value_ThatIsNotAString_ComesBackAsTheJsonItWas_OnTheMissAndOnTheHit()
    {
        var summary = await SummaryAsync("""
            {"source": {"n": 1.50, "o": {"a": [1, null,
              "x\u0022y"]}, "b": true, "looks": "1.50", "z": null, "big": 12345678901234567890123},
             "lookups": ["n", "n", "o", "o", "b", "b", "looks", "looks", "z", "big", "big"], "miss_threshold": 1.0, "max_backfills": 0}
            """);

        var values = summary["lookup_results"]!.AsArray().Select(result => result!["value"]?.ToJsonString() ?? "null");
        Assert.Equal(["1.50", "1.50", """{"a":[1,null,"x\u0022y"]}""", """{"a":[1,null,"x\u0022y"]}""", "true", "true", "\"1.50\"", "\"1.50\"", "null", "12345678901234567890123", "12345678901234567890123"], values);
        Assert.Equal(5, (int)summary["hits"]!);
    }

    [Fact]
    public async Task Value_LoadedByABackfill_ComesBackAsTheJsonItWas()
    {
        var summary = await SummaryAsync("""{"source": {"n": 5, "t": "5"}, "lookups": ["x", "n", "t", "n"], "min_lookups": 1}""");

        Assert.Equal(["null", "5", "\"5\"", "5"], summary["lookup_results"]!.AsArray().Select(result => result!["value"]?.ToJsonString() ?? "null"));
        Assert.Equal(3, (int)summary["hits"]!);
    }

    [Fact]
    public async Task Summary_TextThatCouldRuleATerminal_IsEscapedAndEqualAfterParsing()
    {
        var run = await RunAsync("""{"source": {"a\u001b[31m": "\u202eevil\u0085\u2028\ud83d\ude03é\u007f\udb40\udc41\u001f"}, "lookups": ["a\u001b[31m"]}""");

        Assert.DoesNotContain(run.Output, character => char.IsControl(character) && character != '\n');
        Assert.Contains(@"\u001b[31m", run.Output, StringComparison.Ordinal);
        Assert.Contains(@"""\u202eevil\u0085\u2028😃é\u007f\udb40\udc41\u001f""", run.Output, StringComparison.Ordinal);
        Assert.Equal("\u202eevil\u0085\u2028😃é\u007f\U000E0041\u001f", (string)JsonNode.Parse(run.Output)!["lookup_results"]![0]!["value"]!);
    }

    [Fact]
    public async Task Summary_RunTwice_IsTheSameByteForByte()
    {
        const string config = """{"source": {"a": "1", "b": "2"}, "lookups": ["a", "x", "b", "y", "a"], "min_lookups": 1}""";

        Assert.Equal((await RunAsync(config)).Output, (await RunAsync(config)).Output);
    }

    [Fact]
    public async Task Summary_LargerThanABlock_IsPaddedAndComplete()
    {
        const int count = 30_000;
        var keys = string.Join(", ", Enumerable.Range(0, count).Select(i => $"\"key-{i % 100}\""));
        var source = string.Join(", ", Enumerable.Range(0, 100).Select(i => $"\"key-{i}\": \"{new string('v', 20 + i)}\""));

        var run = await RunAsync($$"""{"source": { {{source}} }, "lookups": [{{keys}}]}""");

        Assert.True(run.Output.Length > 2 * BlockWriter.BlockBytes);
        Assert.Equal(run.Output, await File.ReadAllTextAsync(_folder.At("out.json")));
        using var summary = JsonDocument.Parse(run.Output);
        var results = summary.RootElement.GetProperty("lookup_results");
        Assert.Equal(count, results.GetArrayLength());
        Assert.Equal("key-42", results[142].GetProperty("key").GetString());
        Assert.Equal(new string('v', 62), results[142].GetProperty("value").GetString());
        Assert.Equal(["cache_size", "hits", "misses", "hit_rate", "miss_rate", "backfills", "lookup_results", "source_misses"], summary.RootElement.EnumerateObject().Take(8).Select(property => property.Name));
    }

    [Fact]
    public async Task Results_InAFileOfTheirOwn_AreTheLinesThatTheSummaryLeavesOut()
    {
        const string config = """{"source": {"a": "1"}, "lookups": ["a", "x", "a"]}""";
        var inline = JsonNode.Parse((await RunAsync(config)).Output)!;

        var run = await RunAsync(config, "--results", _folder.At("results.jsonl"));

        var summary = JsonNode.Parse(run.Output)!;
        Assert.Empty(summary["lookup_results"]!.AsArray());
        Assert.Equal(_folder.At("results.jsonl"), (string)summary["results_file"]!);
        var lines = await File.ReadAllLinesAsync(_folder.At("results.jsonl"));
        Assert.Equal(inline["lookup_results"]!.AsArray().Select(result => result!.ToJsonString()), lines.Select(line => JsonNode.Parse(line)!.ToJsonString()));
    }

    [Fact]
    public async Task Audit_InAFile_KeepsWhatTheSummaryDrops()
    {
        var lookups = string.Join(", ", Enumerable.Range(0, 1500).Select(i => $"\"missing-{i}\""));

        var run = await RunAsync($$"""{"source": {"a": "1"}, "lookups": [{{lookups}}], "min_lookups": 1}""", "--audit", _folder.At("audit.jsonl"));

        var summary = JsonNode.Parse(run.Output)!;
        Assert.Equal(1000, summary["audit"]!.AsArray().Count);
        Assert.Equal(500, (int)summary["audit_dropped"]!);
        var lines = await File.ReadAllLinesAsync(_folder.At("audit.jsonl"));
        Assert.Equal(1500, lines.Length);
        Assert.Equal("""{"action": "backfill", "loaded": 1, "miss_rate": 1.0, "lookups": 1}""", lines[0]);
    }

    [Fact]
    public async Task Report_AskedFor_IsWrittenBesideTheSummary()
    {
        var run = await RunAsync("""{"source": {"a": "1"}, "lookups": ["a", "x", "a"], "window": 2}""", "--report", _folder.At("report.html"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("</html>", await File.ReadAllTextAsync(_folder.At("report.html")), StringComparison.Ordinal);
        Assert.DoesNotContain("1970", await File.ReadAllTextAsync(_folder.At("report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Option_GivenToo_WinsOverTheFile()
    {
        var run = await RunAsync(
            """{"source": {"a": "1", "b": "2", "c": "3"}, "lookups": ["x", "y"], "miss_threshold": 0.9, "capacity": 5, "max_backfills": 1}""",
            "--miss-threshold", "0.25", "--backfill-batch", "2", "--min-lookups", "1", "--max-backfills", "none", "--capacity", "7", "--eviction", "lru",
            "--window", "100", "--clear-threshold", "0.125", "--exclude-source-misses", "--backfill-mode", "inline", "--on-backend-fault", "bypass");

        var settings = JsonNode.Parse(run.Output)!["settings"]!;
        Assert.Equal(
            """{"source":"inline","lookups":"inline","backend":"memory:","miss_threshold":0.25,"backfill_batch":2,"min_lookups":1,"max_backfills":null,"capacity":7,"eviction":"lru","window":100,"clear_threshold":0.125,"cooldown":null,"exclude_source_misses":true,"backfill_mode":"inline","on_backend_fault":"bypass"}""",
            settings.ToJsonString());
    }

    [Fact]
    public async Task Capacity_Full_EvictsTheOldestAddedUnlessLruIsAskedFor()
    {
        const string config = """{"source": {"a": "1", "b": "2", "c": "3"}, "lookups": ["a", "b", "a", "c", "a"], "capacity": 2, "max_backfills": 0}""";

        Assert.Equal(1, (int)(await SummaryAsync(config))["hits"]!);
        Assert.Equal(2, (int)(await SummaryAsync(config, "--eviction", "lru"))["hits"]!);
        Assert.Equal(2, (int)(await SummaryAsync(config.Replace(", \"capacity\": 2", ""), "--backend", "memory:?capacity=2&eviction=lru"))["hits"]!);
    }

    [Theory]
    [InlineData("lru")]
    [InlineData("oldest_added")]
    [InlineData("s3fifo")]
    [InlineData("tiny_lfu")]
    [InlineData("adaptive")]
    public async Task Eviction_OfAnyKindThatMemoryHas_IsTakenAsASettingAndInTheAddress(string eviction)
    {
        const string config = """{"source": {"a": "1", "b": "2"}, "lookups": ["a", "b", "a"]}""";

        foreach (string[] arguments in new string[][] { ["--capacity", "1", "--eviction", eviction], ["--backend", $"memory:?capacity=1&eviction={eviction}&goal=byte_hits"] })
        {
            var run = await RunAsync(config, arguments);
            Assert.Equal(eviction, (string?)JsonNode.Parse(run.Output)!["settings"]!["eviction"]);
        }
    }

    [Fact]
    public async Task MaxBackfills_UsedUp_IsADecisionAndNoFailure()
    {
        var run = await RunAsync("""{"source": {"a": "1"}, "lookups": ["x", "y", "z", "w"], "max_backfills": 1}""");

        Assert.Equal(0, run.ExitCode);
        Assert.True((bool)JsonNode.Parse(run.Output)!["manual_intervention_required"]!);
    }

    [Fact]
    public async Task Source_Empty_IsSkippedAndAuditedOnceWithACount()
    {
        var summary = await SummaryAsync("""{"source": {}, "lookups": ["x", "y", "z", "w"], "min_lookups": 1}""");

        Assert.Equal(0, (int)summary["backfills"]!);
        Assert.Equal(4, (int)summary["skipped_backfills"]!);
        Assert.Equal("""[{"action":"skipped_empty_source","loaded":0,"miss_rate":1.0,"lookups":1,"count":4}]""", summary["audit"]!.ToJsonString());
    }

    [Fact]
    public async Task Lookups_NotGiven_AreNone()
    {
        var summary = await SummaryAsync("""{"source": {"a": "1"}}""");

        Assert.Empty(summary["lookup_results"]!.AsArray());
        Assert.Equal("0.0", summary["miss_rate"]!.ToJsonString());
    }

    [Fact]
    public async Task Files_NamedInTheConfiguration_StartAtItsFolder()
    {
        Directory.CreateDirectory(_folder.At("sub"));
        _folder.Write("sub/source.csv", "key,value\na,1\nb,2\n");
        _folder.Write("sub/lookups.txt", "a\nb\na\n");
        var config = _folder.Write("sub/config.json", """{"source": "source.csv", "lookups": "lookups.txt"}""");

        var run = await CliRun.InProcessAsync("backfill", "--input", config, "--output", _folder.At("out.json"));

        Assert.Equal(0, run.ExitCode);
        var summary = JsonNode.Parse(run.Output)!;
        Assert.Equal(1, (int)summary["hits"]!);
        Assert.Equal("source.csv", (string)summary["settings"]!["source"]!);
    }

    [Fact]
    public async Task Files_NamedOnTheCommandLine_WinAndStartAtTheCurrentFolder()
    {
        _folder.Write("source.jsonl", "{\"key\": \"a\", \"value\": {\"n\": 1}}\n");
        _folder.Write("lookups.jsonl", "{\"key\": \"a\"}\n");
        var config = _folder.Write("config.json", """{"source": {"a": "inline"}, "lookups": ["x"]}""");

        var run = await CliRun.ProgramAsync(["backfill", "--input", config, "--output", "out.json", "--source", "source.jsonl", "--lookups", "lookups.jsonl"], folder: _folder.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("""[{"key":"a","value":{"n":1},"found":true}]""", JsonNode.Parse(run.Output)!["lookup_results"]!.ToJsonString());
        Assert.True(File.Exists(_folder.At("out.json")));
    }

    [Fact]
    public async Task Window_AsADuration_ForgetsWhatIsOlderByTheTimesOfLookups()
    {
        _folder.Write("lookups.jsonl", """
            {"key": "x1", "t": 1000}
            {"key": "x2", "t": 1001}
            {"key": "a", "t": 2000}
            {"key": "a", "t": 2001}
            {"key": "x3", "t": 2002}

            """);
        const string config = """{"source": {"a": "1"}, "lookups": "lookups.jsonl", "window": "30s", "miss_threshold": 0.66, "min_lookups": 3}""";

        var summary = await SummaryAsync(config);

        // At the end the window holds a miss, a hit and a miss; all lookups together would have been at the threshold before.
        Assert.Equal("""[{"action":"backfill","loaded":0,"miss_rate":0.6667,"lookups":5,"at":"1970-01-01T00:33:22.000Z"}]""", summary["audit"]!.ToJsonString());
    }

    [Fact]
    public async Task Cooldown_Lasting_HoldsTheNextBackfillBackByTheTimesOfLookups()
    {
        _folder.Write("lookups.csv", "key,t\nx1,2026-01-01T00:00:00Z\nx2,2026-01-01T00:00:59Z\nx3,2026-01-01T00:01:00Z\n");

        var summary = await SummaryAsync("""{"source": {"a": "1"}, "lookups": "lookups.csv", "cooldown": "1m", "min_lookups": 1}""");

        Assert.Equal(["2026-01-01T00:00:00.000Z", "2026-01-01T00:01:00.000Z"], summary["audit"]!.AsArray().Select(entry => (string)entry!["at"]!));
    }

    [Theory]
    [InlineData("lookups.jsonl", "{\"key\": \"a\"}\n{\"kye\": \"a\"}\n", "lookups.jsonl: line 2")]
    [InlineData("lookups.csv", "id\na\n", "\"key\"")]
    [InlineData("missing.txt", null, "missing.txt")]
    public async Task Lookups_FileThatCannotBeUsed_IsBadInputAndLeavesNoOutput(string name, string? content, string fragment)
    {
        if (content is not null) _folder.Write(name, content);

        var run = await RunAsync($$"""{"source": {"a": "1"}, "lookups": "{{name}}"}""", "--results", _folder.At("results.jsonl"), "--audit", _folder.At("audit.jsonl"));

        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains(fragment, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*out*").Concat(Directory.GetFiles(_folder.Path, "results*")).Concat(Directory.GetFiles(_folder.Path, ".*")));
    }

    [Theory]
    [InlineData("source.jsonl", "{\"key\": \"a\", \"value\": \"1\"}\nnonsense\n", "source.jsonl: line 2")]
    [InlineData("source.csv", "key\na\n", "value")]
    [InlineData("source.xml", "<a/>", "$.source: ")]
    [InlineData("missing.csv", null, "missing.csv")]
    public async Task Source_FileThatCannotBeUsed_IsBadInput(string name, string? content, string fragment)
    {
        if (content is not null) _folder.Write(name, content);

        var run = await RunAsync($$"""{"source": "{{name}}", "lookups": ["a"]}""");

        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains(fragment, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("out.json")));
    }

    [Fact]
    public async Task Output_ThatIsTheSourceOrTheLookups_IsRefused()
    {
        _folder.Write("source.csv", "key,value\na,1\n");
        _folder.Write("lookups.txt", "a\n");

        Assert.Contains("--audit and the source are the same file", (await RunAsync("""{"source": "source.csv"}""", "--audit", _folder.At("source.csv"))).Error, StringComparison.Ordinal);
        Assert.Contains("--results and the lookups are the same file", (await RunAsync("""{"source": {}, "lookups": "lookups.txt"}""", "--results", _folder.At("lookups.txt"))).Error, StringComparison.Ordinal);
        Assert.Equal("a\n", await File.ReadAllTextAsync(_folder.At("lookups.txt")));
    }

    private async Task<JsonNode> SummaryAsync(string config, params string[] args)
    {
        var run = await RunAsync(config, args);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonNode.Parse(run.Output)!;
    }

    private async Task<CliRun> RunAsync(string config, params string[] args) =>
        await CliRun.InProcessAsync(["backfill", "--input", _folder.Write("config.json", config), "--output", _folder.At("out.json"), "--quiet", .. args]);
}
