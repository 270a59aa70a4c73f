namespace Cistern.Cli.Tests;

/// <summary>No file of a run gets into the way of another, by whatever name it is called: exit 2, and nothing is changed.</summary>
public sealed class FileClaimTests : IDisposable
{
    private const string Records = "{\"key\": \"a\"}\n";

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Writes =>
    [
        "--to sqlite:DIR/x --output DIR/x",
        "--to sqlite://DIR/x --output DIR/x",
        "--to sqlite:DIR/x --output DIR/x-wal",
        "--to sqlite:DIR/x --output DIR/x-journal",
        "--to file:DIR/x --output DIR/x",
        "--to file://DIR/x --output DIR/x",
        "--to file:DIR/x --output DIR/x.journal",
        "--to file:DIR/x --output DIR/x.meta",
        "--to file:DIR/x --output DIR/x.lock",
        "--to file:DIR/x --output DIR/sub/../x",
        "--to file:DIR/x --output DIR/link/x",
        "--to file:DIR/new/x --output DIR/link/new/x",
        "--to file:DIR/to-x --output DIR/x",
        "--to sqlite:DIR/to-x --output DIR/x-wal",
        "--to file:DIR/in.jsonl",
        "--to file://DIR/in.jsonl",
        "--to sqlite:DIR/in.jsonl",
        "--to file:DIR/to-in",
        "--to file:DIR/in",
        "--to file:DIR/x --to sqlite:DIR/x",
        "--to file:DIR/x --to file:DIR/x.meta",
        "--to file:DIR/x.lock --to file:DIR/x",
        "--to sqlite:DIR/x --to sqlite:DIR/to-x",
        "--to sqlite:DIR/x --to sqlite:DIR/link/x?busy-timeout=1s",
        "--to sqlite:DIR/x --to file:DIR/x-shm",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Write_TwoInOneFile_IsRefused(string arguments)
    {
        // The input is also the journal of file:DIR/in.
        Prepare();
        _folder.Write("in.journal", Records);
        var input = arguments.EndsWith("/in", StringComparison.Ordinal) ? "jsonl:" + _folder.At("in.journal") : _folder.At("in.jsonl");
        string[] args = ["write", "--input", input, .. arguments.Replace("DIR", _folder.Path).Split(' ')];
        if (!args.Contains("--output")) args = [.. args, "--output", _folder.At("out.json")];

        await CheckRefusedAsync(args, places: 7);
    }

    [Fact]
    public async Task Write_WhereADatabaseIsAlready_LeavesIt()
    {
        Prepare();
        var database = _folder.At("x.db");
        Assert.Equal(0, (await CliRun.InProcessAsync("set", $"sqlite:{database}", "k", "v")).ExitCode);

        var run = await CliRun.InProcessAsync("write", "--input", _folder.At("in.jsonl"), "--to", $"sqlite://{database}", "--output", database);
        var get = await CliRun.InProcessAsync("get", $"sqlite:{database}", "k", "--output", _folder.At("link", "x.db"));

        Assert.Equal((2, 2), (run.ExitCode, get.ExitCode));
        Assert.Contains("--output and sqlite://", run.Error, StringComparison.Ordinal);
        Assert.Contains("ADDRESS and --output are the same file; nothing was changed", get.Error, StringComparison.Ordinal);
        Assert.Equal("v", (await CliRun.InProcessAsync("get", $"sqlite:{database}", "k")).Output);
    }

    [Theory]
    [InlineData("r.jsonl", "file:r.jsonl")]
    [InlineData("l.jsonl", "file:r.jsonl")]
    [InlineData("r.jsonl", "file:l.jsonl")]
    [InlineData("r.jsonl", "sqlite:r.jsonl")]
    public async Task Write_OverTheFileOfItsRecords_IsRefused(string records, string backend)
    {
        Prepare();
        _folder.Write("r.jsonl", Records);
        File.CreateSymbolicLink(_folder.At("l.jsonl"), "r.jsonl");
        var config = _folder.Write("config.json", $$"""{"records": "{{records}}", "backends": ["{{backend}}"]}""");

        await CheckRefusedAsync(["write", "--input", config, "--output", _folder.At("out.json")], places: 9);

        Assert.Equal(Records, await File.ReadAllTextAsync(_folder.At("r.jsonl")));
    }

    [Theory]
    [InlineData("q.db", "--output q.db")]
    [InlineData("q.db", "--results q.db-wal")]
    [InlineData("q.db", "--source q.db.json --output q.db")]
    [InlineData("s.json", "--source s.json")]
    [InlineData("lookups.txt", "--lookups lookups.txt")]
    [InlineData("config.json", "")]
    public async Task Backfill_OverABackendInAnothersPlace_IsRefused(string place, string arguments)
    {
        Prepare();
        _folder.Write("s.json", """{"a": "1"}""");
        _folder.Write("q.db.json", """{"a": "1"}""");
        _folder.Write("lookups.txt", "");
        var config = _folder.Write("config.json", $$"""{"source": {"a": "1"}, "lookups": ["a"], "backend": "sqlite:{{place}}"}""");
        string[] args = [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(arg => arg.StartsWith('-') ? arg : _folder.At(arg))];
        if (!args.Contains("--output")) args = [.. args, "--output", _folder.At("out.json")];

        await CheckRefusedAsync(["backfill", "--input", config, .. args], places: 10);
    }

    [Theory]
    [InlineData("file:x", "file:x")]
    [InlineData("file:x", "file://DIR/x")]
    [InlineData("file:x", "file:link/x")]
    [InlineData("file:x", "sqlite:x.journal")]
    [InlineData("sqlite:x", "sqlite:to-x")]
    public async Task Copy_IntoItself_IsRefused(string from, string to)
    {
        Prepare();

        await CheckRefusedAsync(["copy", Address(from), Address(to)], places: 6);

        string Address(string text) => text.Contains("DIR", StringComparison.Ordinal) ? text.Replace("DIR", _folder.Path) : text.Replace(":", $":{_folder.Path}/");
    }

    [Theory]
    [InlineData("file")]
    [InlineData("sqlite")]
    public async Task Address_WithAHost_IsRefusedAndWithoutIsTheAbsolutePath(string scheme)
    {
        var host = await CliRun.InProcessAsync("set", $"{scheme}://host/x", "k", "v");
        var set = await CliRun.InProcessAsync("set", $"{scheme}://{_folder.At("x")}", "k", "v");
        var get = await CliRun.InProcessAsync("get", $"{scheme}:{_folder.At("x")}", "k");

        Assert.Equal((2, 0, 0), (host.ExitCode, set.ExitCode, get.ExitCode));
        Assert.Equal("cistern: ADDRESS: what stands behind // is a host, and files of other hosts cannot be opened; an absolute path begins with one slash, or with three\n", host.Error);
        Assert.Equal("v", get.Output);
    }

    // Inputs, and several names for a file that is not there yet.
    private void Prepare()
    {
        _folder.Write("in.jsonl", Records);
        _folder.Write("nothing", "");
        Directory.CreateDirectory(_folder.At("sub"));
        Directory.CreateSymbolicLink(_folder.At("link"), _folder.Path);
        File.CreateSymbolicLink(_folder.At("to-in"), "in.jsonl");
        File.CreateSymbolicLink(_folder.At("to-x"), "x");
    }

    private async Task CheckRefusedAsync(string[] args, int places)
    {
        var run = await CliRun.InProcessAsync(args);

        Assert.True(run.ExitCode == 2, $"exit {run.ExitCode}: {run.Error}");
        Assert.Empty(run.Output);
        Assert.EndsWith("; nothing was changed\n", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal(Records, await File.ReadAllTextAsync(_folder.At("in.jsonl")));
        Assert.Equal(places, Directory.GetFileSystemEntries(_folder.Path).Length);
    }
}
