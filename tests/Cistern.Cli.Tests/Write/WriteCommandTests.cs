using System.Text;
using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

/// <summary>What <c>cistern write</c> writes, and what it says of it.</summary>
public sealed class WriteCommandTests : IDisposable
{
    private const string Records = """[{"key": "a", "n": 1}, {"key": "b", "n": 2.50, "x": [ 1 ]}, {"key": "a", "n": 3}]""";

    private readonly TempFolder _folder = new();
    private readonly FaultyScheme _scheme = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("records.jsonl")]
    [InlineData("records.csv")]
    public async Task Write_InterruptedBeforeAPipeGivesAnything_WritesNothing(string name)
    {
        Assert.Equal(0, (await CliRun.ProcessAsync("mkfifo", [_folder.At(name)])).ExitCode);
        await using var error = new StringWriter { NewLine = "\n" };
        using var output = new MemoryStream();
        var summary = _folder.At("out.json");

        var running = Task.Run(() => CommandLine.RunAsync(["write", "--input", _folder.At(name), "--output", summary], new ConsoleStreams(output, error), new CancellationToken(canceled: true)));
        try
        {
            Assert.Equal(130, await running.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None));
        }
        finally
        {
            // Lets go of whoever still waits for the other end.
            await using var other = File.Open(_folder.At(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }

        Assert.Equal("cistern: interrupted; nothing was written\n", error.ToString());
        Assert.False(File.Exists(summary));
    }

    [Fact]
    public async Task Write_ASmallConfig_GivesTheSeedsFigures()
    {
        var run = await CliRun.InProcessAsync("write", "--input", Config($$"""{"records": {{Records}}}"""), "--output", _folder.At("new", "out.json"), "--quiet");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(run.Output, File.ReadAllText(_folder.At("new", "out.json")));
        Assert.StartsWith("{\n  \"records_written\": 3,\n  \"backends_used\": [\"memory\"],\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.Summary()["duplicates"]!.GetValue<int>());
        Assert.Equal(3, run.Summary()["backends"]![0]!["stored"]!.GetValue<int>());
    }

    [Fact]
    public async Task Write_TheValue_IsTheRecordAsItWasWritten()
    {
        Assert.Equal(0, (await RunAsync($$"""{"records": {{Records}}, "backends": ["faulty:"]}""")).ExitCode);

        Assert.Equal(["a", "b"], _scheme.Opened!.Values.Keys.Order());
        Assert.Equal("""{"key": "a", "n": 3}""", Encoding.UTF8.GetString(_scheme.Opened.Values["a"]));
        Assert.Equal("""{"key": "b", "n": 2.50, "x": [ 1 ]}""", Encoding.UTF8.GetString(_scheme.Opened.Values["b"]));
    }

    [Theory]
    [InlineData("records.jsonl", "{\"key\": \"a\", \"n\": \"1\"}\n\n{\"key\": \"b\", \"n\": \"2\"}\n")]
    [InlineData("records.ndjson", "{\"key\": \"a\", \"n\": \"1\"}\n{\"key\": \"b\", \"n\": \"2\"}")]
    [InlineData("records.csv", "key,n\na,1\nb,2\n")]
    public async Task Write_AFileOfRecords_IsWritten(string name, string text)
    {
        var run = await RunAsync(new WriteArguments { Input = _folder.Write(name, text), To = ["faulty:", "memory"] });

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, run.Summary()["records_written"]!.GetValue<int>());
        Assert.Equal(["faulty:", "memory"], run.Summary()["backends_used"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal("2", JsonNode.Parse(_scheme.Opened!.Values["b"])!["n"]!.GetValue<string>());
    }

    [Fact]
    public async Task Write_AConfigThatNamesAFile_TakesItFromItsOwnFolder()
    {
        Directory.CreateDirectory(_folder.At("data"));
        File.WriteAllText(_folder.At("data", "r.csv"), "id;v\na;1\n");
        var config = _folder.At("data", "config.json");
        File.WriteAllText(config, """{"records": "csv:r.csv?delimiter=;", "key_field": "id", "value_field": "v", "backends": ["faulty:"]}""");

        Assert.Equal(0, (await RunAsync(new WriteArguments { Input = config })).ExitCode);

        Assert.Equal("1", Encoding.UTF8.GetString(_scheme.Opened!.Values["a"]));
    }

    [Fact]
    public async Task Write_RecordsThatAreNone_AreRejectedWithTheirPlaceAndExitCode1()
    {
        var run = await RunAsync("{\"backends\": [\"faulty:\"],\n\"records\": [\n{\"key\": \"a\"},\n{\"n\": 1},\n5, {\"key\": \"\\u0000\"},\n{\"key\": \"b\"}]}");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal((2, 5, 3), (Int(run, "records_written"), Int(run, "records_read"), Int(run, "records_rejected")));
        Assert.Equal("""[{"record":2,"line":4,"reason":"The record has no field \u0022key\u0022, which holds the key."},{"record":3,"line":5,"reason":"A record must be a JSON object."},{"record":4,"line":5,"reason":"A key must not contain NUL (U\u002B0000)."}]""",
            run.Summary()["rejected_records"]!.ToJsonString());
        Assert.Equal(["a", "b"], _scheme.Opened!.Values.Keys.Order());
    }

    [Fact]
    public async Task Write_WithoutKeys_HashesThemWhenAskedTo()
    {
        var run = await RunAsync("""{"records": [{"b": 1, "a": 2.0}, { "a": 2, "b": 1 }], "on_missing_key": "hash", "backends": ["faulty:"]}""");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1, Int(run, "duplicates"));
        Assert.Equal("d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772", Assert.Single(_scheme.Opened!.Values.Keys));
    }

    [Fact]
    public async Task Write_OneBackendFails_TheOthersAreCompleteAndExitCode1()
    {
        var lines = string.Concat(Enumerable.Range(1, 3000).Select(i => $"{{\"key\": \"k{i}\"}}\n"));

        var run = await RunAsync(new WriteArguments { Input = _folder.Write("r.jsonl", lines), To = ["faulty:?fail-at=1500", "memory"] });

        Assert.Equal(1, run.ExitCode);
        var backends = run.Summary()["backends"]!;
        Assert.Equal((1000, 2000), (backends[0]!["stored"]!.GetValue<int>(), backends[0]!["failed"]!.GetValue<int>()));
        Assert.Equal(3000, backends[1]!["stored"]!.GetValue<int>());
        Assert.Equal(100, backends[0]!["unstored_records"]!.AsArray().Count);
        Assert.Contains("2,000 records failed; the first error:", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_OnFailureStop_LeavesTheRestUnwritten()
    {
        var lines = string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{{\"key\": \"k{i}\"}}\n"));

        var run = await RunAsync(new WriteArguments { Input = _folder.Write("r.jsonl", lines), To = ["faulty:?fail-at=1500"], Settings = Setting("on_failure", "stop") });

        Assert.Equal(1, run.ExitCode);
        Assert.True(run.Summary()["stopped"]!.GetValue<bool>());
        Assert.Equal(2001, run.Summary()["backends"]![0]!["first_unwritten"]!.GetValue<int>());
        Assert.Contains("stopped at the first failure", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ABackendThatCannotBeClosed_IsAFailure()
    {
        var run = await RunAsync($$"""{"records": {{Records}}, "backends": ["faulty:?closing=true"]}""");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("could not be closed, and may have lost what it was given", run.Error, StringComparison.Ordinal);
        Assert.NotNull(run.Summary()["backends"]![0]!["closing_error"]);
    }

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF }, "begins with a byte order mark")]
    [InlineData(new byte[] { 0xFF, 0xFE }, "is in UTF-16 or UTF-32")]
    public async Task Write_AFileInAnotherEncoding_IsRefusedBeforeABackendIsOpened(byte[] beginning, string reason)
    {
        var input = _folder.Write("r.jsonl", [.. beginning, .. "{\"key\": \"a\"}\n"u8]);

        var error = await Assert.ThrowsAsync<BadInputException>(() => RunAsync(new WriteArguments { Input = input, To = ["faulty:"] }));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Null(_scheme.Opened);
    }

    [Fact]
    public async Task Write_AFileThatIsNotUtf8HalfWay_WritesWhatIsBeforeAndSaysSo()
    {
        var run = await RunAsync(new WriteArguments { Input = _folder.Write("r.jsonl", [.. "{\"key\": \"a\"}\n"u8, 0xFF, (byte)'\n']), To = ["faulty:"] });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("line 2, byte 1: This is not UTF-8", run.Summary()["input_error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["a"], _scheme.Opened!.Values.Keys);
    }

    [Fact]
    public async Task Write_Interrupted_LeavesASummaryOfWhatWasWritten()
    {
        using var cancellation = new CancellationTokenSource();
        var lines = string.Concat(Enumerable.Range(1, 50_000).Select(i => $"{{\"key\": \"k{i}\"}}\n"));
        var batches = 0;
        var run = await WriteRuns.RunAsync(_scheme, new WriteArguments { Input = _folder.Write("r.jsonl", lines), Output = _folder.At("out.json"), To = ["faulty:"] }, cancellationToken: Cancelling());

        Assert.Equal(ExitCode.Interrupted, run.ExitCode);
        Assert.True(run.Summary()["cancelled"]!.GetValue<bool>());
        Assert.Equal(_scheme.Opened!.Values.Count, run.Summary()["backends"]![0]!["stored"]!.GetValue<int>());
        Assert.Contains("interrupted; the summary says what was written", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("out.json")));

        CancellationToken Cancelling()
        {
            _scheme.OnOpened = backend => backend.BeforeBatch = () =>
            {
                if (++batches == 3) cancellation.Cancel();
            };
            return cancellation.Token;
        }
    }

    [Fact]
    public async Task Write_AnAddressWithASecret_ShowsItNowhere()
    {
        var run = await RunAsync(new WriteArguments { Input = Config($$"""{"records": {{Records}}}"""), To = ["faulty:?secret=hunter2"], Verbosity = Verbosity.Verbose });

        Assert.Equal("faulty:?secret=***", run.Summary()["backends_used"]![0]!.GetValue<string>());
        Assert.DoesNotContain("hunter2", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ThousandsOfRecordsInAConfig_AreAllWritten()
    {
        var records = string.Join(",\n", Enumerable.Range(0, 20_000).Select(i => $"{{\"key\": \"k{i}\", \"x\": {{\"deep\": [{i}, \"],}}\"]}}}}"));

        var run = await RunAsync($"{{\"records\": [{records}], \"backends\": [\"faulty:\"]}}");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(20_000, _scheme.Opened!.Values.Count);
        Assert.Equal("""{"key": "k19999", "x": {"deep": [19999, "],}"]}}""", Encoding.UTF8.GetString(_scheme.Opened.Values["k19999"]));
    }

    private static int Int(CliRun run, string name) => run.Summary()[name]!.GetValue<int>();

    private static Dictionary<SettingRow<WriteSettings>, SettingValue> Setting(string name, string value) => new() { [WriteSettingTable.Rows.Single(row => row.Name == name)] = SettingValue.FromCommandLine(value) };

    private string Config(string text) => _folder.Write("config.json", text);

    private Task<CliRun> RunAsync(string config) => RunAsync(new WriteArguments { Input = Config(config) });

    private Task<CliRun> RunAsync(WriteArguments arguments) => WriteRuns.RunAsync(_scheme, arguments with { Output = _folder.At("out.json") });
}
