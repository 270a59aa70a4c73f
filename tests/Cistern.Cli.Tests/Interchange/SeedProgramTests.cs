using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

/// <summary>Files and databases between this program and the seeds' own: each reads what the other wrote.</summary>
public sealed class SeedProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Vectors of 1, 2, 5, 20 and 60 records that are written to a file.</summary>
    public static TheoryData<int> Numbers => [0, 14, 16, 21, 32];

    private string File => _folder.At("theirs", "cache_file.json");

    private string Database => _folder.At("theirs.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task TheirFile_IsReadAsTheyReadIt(int number)
    {
        var (_, values) = await WriteTheirsAsync(number);

        await CheckAsync($"file:{File}", $"sqlite:{_folder.At("copy.db")}", values);
        Assert.Equal(["cache_file.json", "summary.json"], Names("theirs"));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task TheirDatabase_IsReadAsTheyReadIt(int number)
    {
        var (program, values) = await WriteTheirsAsync(number);
        Assert.Equal(values.Count, (await program.UseAsync("sqlite", Database, values, values.Keys)).Size);

        await CheckAsync($"sqlite:{Database}", $"file:{_folder.At("copy.json")}", values);

        // Nor does writing to it, which brings it up to date, lose any of it.
        Assert.Equal(0, (await CliRun.InProcessAsync("set", $"sqlite:{Database}", "ours", "x")).ExitCode);
        await CheckAsync($"sqlite:{Database}", $"file:{_folder.At("later.json")}", new(values) { ["ours"] = "x" });
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task OurFile_IsServedByTheirClass(int number)
    {
        var program = await SeedProgram.ExtractAsync(_folder);
        var (input, last) = Vector(number);
        var run = await CliRun.InProcessAsync("write", "--input", input, "--output", _folder.At("ours", "summary.json"), "--quiet");
        Assert.True(run.ExitCode == 0, run.Error);

        var (served, size) = await program.UseAsync("file", _folder.At("ours", "cache_file.json"), [], last.Keys.Append("nobody's"));

        Assert.Equal(last.Count, size);
        Assert.Null(served["nobody's"]);
        foreach (var (key, record) in last)
        {
            Assert.True(JsonNode.DeepEquals(record, JsonNode.Parse(served[key]!)), key);
            Assert.Equal((await CliRun.InProcessAsync("get", $"file:{_folder.At("ours", "cache_file.json")}", key)).Output, served[key]);
        }
    }

    [Fact]
    public async Task OurFile_ChangedByTheirClass_IsTakenOverWhenAsked()
    {
        var program = await SeedProgram.ExtractAsync(_folder);
        var path = _folder.At("cache.json");
        foreach (var key in new[] { "a", "é\n\"" }) await CliRun.InProcessAsync("set", $"file:{path}", key, "ours");

        await program.UseAsync("file", path, new() { ["b"] = "theirs" }, []);

        // What the sidecar knows is still known, however the file is written now.
        Assert.Equal((0, "ours"), await GetAsync($"file:{path}", "é\n\""));
        Assert.Equal((1, ""), await GetAsync($"file:{path}", "b"));
        Assert.Equal((0, "theirs"), await GetAsync($"file:{path}?foreign=accept", "b"));
        Assert.Equal((0, "ours"), await GetAsync($"file:{path}?foreign=accept", "a"));
    }

    [Fact]
    public async Task OurDatabase_OpenedByTheirClass_HoldsNothingForItAndKeepsEverythingForUs()
    {
        var program = await SeedProgram.ExtractAsync(_folder);
        var address = $"sqlite:{_folder.At("ours.db")}";
        await CliRun.InProcessAsync("set", address, "key", "ours");

        var (served, size) = await program.UseAsync("sqlite", _folder.At("ours.db"), [], ["key"]);
        Assert.Equal((null, 0), (served["key"], size));
        Assert.Equal((0, "1 entry is sound\n"), await RunAsync("verify", address));

        // Its own table lies beside ours from then on; what it sets there is not among our entries, and a check says so.
        await program.UseAsync("sqlite", _folder.At("ours.db"), new() { ["key"] = "theirs", ["more"] = "theirs" }, []);
        Assert.Equal((0, "ours"), await GetAsync(address, "key"));
        Assert.Equal((1, ""), await GetAsync(address, "more"));
        var (exitCode, found) = await RunAsync("verify", address);
        Assert.Equal(1, exitCode);
        Assert.Contains("2 rows", found, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] args)
    {
        var run = await CliRun.InProcessAsync(args);
        return (run.ExitCode, run.Output);
    }

    private static Task<(int ExitCode, string Output)> GetAsync(string address, string key) => RunAsync("get", address, key);

    private static async Task CheckAsync(string address, string copy, Dictionary<string, string> values)
    {
        foreach (var (key, value) in values) Assert.Equal((0, value), await GetAsync(address, key));
        Assert.Equal((1, ""), await GetAsync(address, "nobody's"));
        var keys = JsonSerializer.Deserialize<string[]>((await RunAsync("keys", address, "--json")).Output)!;
        Assert.Equal(values.Keys.Order(StringComparer.Ordinal), keys.Order(StringComparer.Ordinal));
        using var stats = JsonDocument.Parse((await RunAsync("stats", address, "--json")).Output);
        Assert.Equal(values.Count, stats.RootElement.GetProperty("current_entries").GetInt32());
        Assert.Equal(values.Values.Sum(System.Text.Encoding.UTF8.GetByteCount), stats.RootElement.GetProperty("current_size_bytes").GetInt64());
        Assert.Equal(0, (await RunAsync("verify", address)).ExitCode);

        using var copied = JsonDocument.Parse((await RunAsync("copy", address, copy, "--json")).Output);
        Assert.Equal(values.Count, copied.RootElement.GetProperty("stored").GetInt32());
        foreach (var (key, value) in values) Assert.Equal((0, value), await GetAsync(copy, key));
    }

    // By their program as it is run from a shell, for its file; the values are as their class serves them.
    private async Task<(SeedProgram Program, Dictionary<string, string> Values)> WriteTheirsAsync(int number)
    {
        var program = await SeedProgram.ExtractAsync(_folder);
        var (input, last) = Vector(number);
        var summary = await program.WriteAsync(input, _folder.At("theirs", "summary.json"));
        Assert.True(summary.GetProperty("records_written").GetInt32() >= last.Count);
        var (served, size) = await program.UseAsync("file", File, [], last.Keys);
        Assert.Equal(last.Count, size);
        return (program, served.ToDictionary(pair => pair.Key, pair => pair.Value!));
    }

    // A configuration, and the last record of every key.
    private (string Input, Dictionary<string, JsonNode> Last) Vector(int number)
    {
        var config = JsonNode.Parse(System.IO.File.ReadAllBytes(Repository.Vectors("writer.json")))!.AsArray()[number]!["config"]!;
        var last = config["records"]!.AsArray().GroupBy(record => record!["key"]!.GetValue<string>()).ToDictionary(group => group.Key, group => group.Last()!);
        return (_folder.Write($"{number}.json", config.ToJsonString()), last);
    }

    private IEnumerable<string> Names(string folder) => Directory.EnumerateFileSystemEntries(_folder.At(folder)).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);
}
