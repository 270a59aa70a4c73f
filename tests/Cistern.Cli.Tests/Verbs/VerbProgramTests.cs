using System.Diagnostics;

namespace Cistern.Cli.Tests;

/// <summary>Verbs by the program as it is built: its streams, its start.</summary>
public sealed class VerbProgramTests
{
    private static readonly string[] Loaded = ["Spectre.Console", "CsvHelper", "Cistern.Csv"];

    [Fact]
    public async Task Get_AMiss_IsExitOneAndOneLine()
    {
        var run = await CliRun.ProgramAsync(["get", "memory:", "key"]);

        Assert.Equal((1, "", "cistern: no such key: 'key'\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Set_FromStandardInput_TellsHowManyBytesThereWere()
    {
        byte[] bytes = [.. Enumerable.Repeat(Enumerable.Range(0, 256).Select(number => (byte)number), 1000).SelectMany(every => every)];

        var (exitCode, output) = await PipeAsync(bytes, "set", "memory:", "key", "--from", "-", "--json");

        Assert.Equal(0, exitCode);
        Assert.Contains("\"size_bytes\": 256000", System.Text.Encoding.UTF8.GetString(output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:", "cache.json")]
    [InlineData("sqlite:", "cache.db")]
    public async Task Value_ThroughStandardInputAndOutput_IsEveryByte(string scheme, string name)
    {
        using var folder = new TempFolder();
        byte[] bytes = [.. Enumerable.Repeat(Enumerable.Range(0, 256).Select(number => (byte)number), 100).SelectMany(every => every)];
        var address = scheme + folder.At(name);

        var (stored, _) = await PipeAsync(bytes, "set", address, "key\n\u202e", "--from", "-", "--metadata", "type=bytes");
        var (found, output) = await PipeAsync([], "get", address, "key\n\u202e");
        var inspected = await CliRun.ProgramAsync(["inspect", address, "key\n\u202e"]);

        Assert.Equal((0, 0, 0), (stored, found, inspected.ExitCode));
        Assert.Equal(bytes, output);
        Assert.Contains("key           key\\u000a\\u202e\n", inspected.Output, StringComparison.Ordinal);
        Assert.Contains("metadata      type = bytes\n", inspected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_WhileAnotherHoldsTheFile_IsRefusedAndReadingIsNot()
    {
        using var folder = new TempFolder();
        var address = $"file:{folder.At("cache.json")}";
        await using var holder = await new BackendSchemes(FileScheme.Instance).OpenAsync(BackendAddress.Parse(address));
        await holder.SetStringAsync("key", "held");

        var set = await CliRun.ProgramAsync(["set", address, "key", "x"]);
        var get = await CliRun.ProgramAsync(["get", address, "key"]);

        Assert.Equal((2, ""), (set.ExitCode, set.Output));
        Assert.Single(set.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal((0, "held"), (get.ExitCode, get.Output));
    }

    [Fact]
    public async Task Verify_ADamagedFile_TellsWhatIsWrong()
    {
        using var folder = new TempFolder();
        var address = $"file:{folder.At("cache.json")}";
        await CliRun.ProgramAsync(["set", address, "key", "value-of-the-entry", "--quiet"]);
        Assert.Equal(0, (await CliRun.ProgramAsync(["verify", address])).ExitCode);
        folder.Write("cache.json", (await File.ReadAllTextAsync(folder.At("cache.json"))).Replace("value-of", "valve-of"));

        var verified = await CliRun.ProgramAsync(["verify", address]);

        Assert.Equal(1, verified.ExitCode);
        Assert.NotEmpty(verified.Output);
        Assert.Equal(1, (await CliRun.ProgramAsync(["get", address, "key"])).ExitCode);
    }

    [Fact]
    public async Task Copy_FromAFileToSqliteAndBack_KeepsEverything()
    {
        using var folder = new TempFolder();
        var (file, database, again) = ($"file:{folder.At("a.json")}", $"sqlite:{folder.At("b.db")}", $"file:{folder.At("c.json")}");
        await CliRun.ProgramAsync(["set", file, "user:1", "Ada", "--version", "42", "--metadata", "type=text", "--ttl", "1h"]);
        await CliRun.ProgramAsync(["set", file, "user:2", "Grace"]);

        Assert.Equal(0, (await CliRun.ProgramAsync(["copy", file, database])).ExitCode);
        Assert.Equal(0, (await CliRun.ProgramAsync(["verify", database])).ExitCode);
        Assert.Equal(0, (await CliRun.ProgramAsync(["copy", database, again])).ExitCode);

        var inspected = await CliRun.ProgramAsync(["inspect", again, "user:1", "--json"]);
        using var json = System.Text.Json.JsonDocument.Parse(inspected.Output);
        Assert.Equal((42, "Ada", "text"), (json.RootElement.GetProperty("version").GetInt32(), json.RootElement.GetProperty("preview").GetString(), json.RootElement.GetProperty("metadata").GetProperty("type").GetString()));
        Assert.InRange(json.RootElement.GetProperty("ttl_remaining_ms").GetInt64(), 1, 3_600_000);
        Assert.Equal("Grace", (await CliRun.ProgramAsync(["get", again, "user:2"])).Output);
    }

    [Theory]
    [InlineData("file", "get", "key")]
    [InlineData("sqlite", "get", "key")]
    [InlineData("file", "exists", "key")]
    [InlineData("sqlite", "keys")]
    [InlineData("file", "stats")]
    [InlineData("sqlite", "inspect", "key")]
    [InlineData("file", "verify")]
    [InlineData("sqlite", "verify")]
    [InlineData("file", "delete", "key")]
    [InlineData("sqlite", "delete", "key")]
    [InlineData("file", "delete", "--pattern", "*", "--yes")]
    [InlineData("sqlite", "clear", "--yes")]
    [InlineData("file", "clear", "--yes")]
    public async Task Verb_OnAPlaceThatIsNotThere_IsBadInputAndCreatesNothing(string scheme, string verb, params string[] args)
    {
        using var folder = new TempFolder();

        var run = await CliRun.InProcessAsync([verb, $"{scheme}:{folder.At("typo")}", .. args]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("cistern: ADDRESS: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("is not there", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Set_WhereNothingCanBe_IsBadInput()
    {
        using var folder = new TempFolder();
        folder.Write("file", "");

        var run = await CliRun.InProcessAsync("set", $"file:{folder.At("file", "below.json")}", "key", "value");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("cistern: ADDRESS: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$'\\xff'")]
    [InlineData("$'user\\xfe'")]
    public async Task Set_AKeyThatIsNotUtf8_IsRefused(string key)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Arguments are Unicode there.");
        using var folder = new TempFolder();

        var run = await CliRun.ProcessAsync("bash", ["-c", $"'{CliRun.Program}' set file:cache.json {key} value"], folder: folder.Path);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("KEY: is not UTF-8", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Verb_ThatNeedsNoTables_LoadsNone()
    {
        var run = await CliRun.ProgramAsync(["stats", "memory:"], new() { ["DOTNET_STARTUP_HOOKS"] = typeof(VerbProgramTests).Assembly.Location });

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("loaded: System.CommandLine", run.Error, StringComparison.Ordinal);
        Assert.All(Loaded, name => Assert.DoesNotContain($"loaded: {name}\n", run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clear_WithoutATerminal_IsRefused()
    {
        var run = await CliRun.ProgramAsync(["clear", "memory:"]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
    }

    private static async Task<(int ExitCode, byte[] Output)> PipeAsync(byte[] input, params string[] args)
    {
        var start = new ProcessStartInfo(CliRun.Program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToArray());
    }
}
