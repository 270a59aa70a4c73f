using System.Runtime.Versioning;
using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

/// <summary>How files appear: whole or not at all, and where they should.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutputTests : IDisposable
{
    private const string Config = """{"source": {"a": "1"}, "lookups": ["a"]}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("redis://u:hunter2@h:6379/0", "redis://u:***@h:6379/0")]
    [InlineData("a b://c and postgres://u:hun:t/er@2@h/db", "a b://c and postgres://u:***@h/db")]
    [InlineData("x://u:hunter2@h \"y://v:hunter2@i\"", "x://u:***@h \"y://v:***@i\"")]
    [InlineData("http://h:80/a@b", "http://h:***@b")]
    [InlineData("http://h/a:b then c@d", "http://h/a:b then c@d")]
    [InlineData("://", "://")]
    public void Password_OfAUrlInAText_IsHidden(string text, string shown) => Assert.Equal(shown, UrlPasswords.Hide(text));

    [Theory]
    [InlineData("backfill", "--input", "redis://u:hunter2@h/0")]
    [InlineData("write", "--input", "redis://u:hunter2@h/0")]
    [InlineData("backfill", "--lookups", "redis://u:hunter2@h/0")]
    [InlineData("get", "redis://u:hunter2@h/0", "a")]
    [InlineData("redis://u:hunter2@h/0")]
    public async Task Password_OfAnAddressInTheWrongPlace_IsNotPrinted(params string[] args)
    {
        var run = await CliRun.InProcessAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.DoesNotContain("hunter2", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_InFoldersThatAreNotThere_CreatesThem()
    {
        var run = await RunAsync(_folder.At("a", "b", "out.json"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(run.Output, await File.ReadAllTextAsync(_folder.At("a", "b", "out.json")));
    }

    [Fact]
    public async Task Output_AfterAFailure_LeavesNoFoldersBehind()
    {
        _folder.Write("lookups.jsonl", "{\"key\": \"a\"}\nnonsense\n");

        var run = await RunAsync(_folder.At("a", "b", "out.json"), "--lookups", _folder.At("lookups.jsonl"));

        Assert.Equal(2, run.ExitCode);
        Assert.False(Directory.Exists(_folder.At("a")));
    }

    [Fact]
    public async Task Output_ThatIsThere_IsReplacedWithItsPermissionsKept()
    {
        var output = _folder.Write("out.json", "before");
        File.SetUnixFileMode(output, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var run = await RunAsync(output);

        Assert.Equal(run.Output, await File.ReadAllTextAsync(output));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(output));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Fact]
    public async Task Output_ThatIsALink_ReplacesWhatItPointsTo()
    {
        _folder.Write("target.json", "before");
        File.CreateSymbolicLink(_folder.At("middle"), "target.json");
        File.CreateSymbolicLink(_folder.At("link"), "middle");

        var run = await RunAsync(_folder.At("link"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("middle", new FileInfo(_folder.At("link")).LinkTarget);
        Assert.Equal("target.json", new FileInfo(_folder.At("middle")).LinkTarget);
        Assert.Equal(run.Output, await File.ReadAllTextAsync(_folder.At("target.json")));
    }

    [Theory]
    [InlineData("spelling")]
    [InlineData("symbolic link")]
    [InlineData("hard link")]
    [InlineData("folder link")]
    public async Task Output_ThatIsTheInputUnderAnotherName_IsRefused(string how)
    {
        var input = _folder.Write("config.json", Config);
        var output = how switch
        {
            "spelling" => _folder.At("folder", "..", "config.json"),
            "folder link" => _folder.At("folder", "config.json"),
            _ => _folder.At("other.json"),
        };
        if (how == "symbolic link") File.CreateSymbolicLink(output, input);
        if (how == "hard link") Assert.Equal(0, (await CliRun.ProcessAsync("ln", [input, output])).ExitCode);
        if (how == "folder link") Directory.CreateSymbolicLink(_folder.At("folder"), _folder.Path);
        if (how == "spelling") Directory.CreateDirectory(_folder.At("folder"));

        var run = await RunAsync(output);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--input and --output are the same file", run.Error, StringComparison.Ordinal);
        Assert.Equal(Config, await File.ReadAllTextAsync(input));
    }

    [Fact]
    public async Task Outputs_NotThereYetInOneFolderUnderTwoNames_AreFoundToBeOne()
    {
        Directory.CreateDirectory(_folder.At("folder"));
        Directory.CreateSymbolicLink(_folder.At("link"), _folder.At("folder"));

        var run = await RunAsync(_folder.At("folder", "new.json"), "--results", _folder.At("link", "new.json"));

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("folder")));
    }

    [Fact]
    public async Task Output_ThatMayNotBeWritten_IsRefusedThoughItsFolderMay()
    {
        var output = _folder.Write("out.json", "before");
        _folder.Write("config.json", Config);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(output, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        string[] args = ["backfill", "--input", _folder.At("config.json"), "--output", output];

        // Nothing is forbidden to root: give it up. Whoever has cannot write what was covered, and would fail for that.
        var run = Environment.IsPrivilegedProcess
            ? await Privileges.RunWithoutAsync(CliRun.BuiltProgram, args)
            : await CliRun.ProgramAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"cistern: {output}: cannot be written: permission denied, or read-only\n", run.Error);
        Assert.Equal("before", await File.ReadAllTextAsync(output));
    }

    [Fact]
    public async Task Output_ThatIsStandardOutput_IsWrittenOnce()
    {
        _folder.Write("config.json", Config);

        var run = await CliRun.ProcessAsync("sh", ["-c", $"'{CliRun.Program}' backfill --input '{_folder.At("config.json")}' --output /dev/stdout --quiet > '{_folder.At("captured")}'"]);
        var piped = await CliRun.ProgramAsync(["backfill", "--input", _folder.At("config.json"), "--output", "/dev/stdout", "--quiet"]);

        Assert.Equal(0, run.ExitCode);
        Assert.NotNull(JsonNode.Parse(await File.ReadAllTextAsync(_folder.At("captured"))));
        Assert.Equal(await File.ReadAllTextAsync(_folder.At("captured")), piped.Output);
    }

    [Fact]
    public async Task Output_ThatIsAPipe_IsWrittenToAndStays()
    {
        Assert.Equal(0, (await CliRun.ProcessAsync("mkfifo", [_folder.At("pipe")])).ExitCode);
        var reading = CliRun.ProcessAsync("cat", [_folder.At("pipe")]);

        var run = await RunAsync(_folder.At("pipe"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(run.Output, (await reading).Output);
        Assert.Null(NativeFile.Identify(_folder.At("pipe")) is { IsRegular: true } ? "a file took its place" : null);
    }

    [Fact]
    public async Task StandardOutput_ThatIsFull_IsAFailureButTheSummaryIsThere()
    {
        _folder.Write("config.json", Config);

        var run = await CliRun.ProcessAsync("sh", ["-c", $"'{CliRun.Program}' backfill --input '{_folder.At("config.json")}' --output '{_folder.At("out.json")}' --quiet > /dev/full"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("standard output", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.NotNull(JsonNode.Parse(await File.ReadAllTextAsync(_folder.At("out.json"))));
    }

    private async Task<CliRun> RunAsync(string output, params string[] args) =>
        await CliRun.InProcessAsync(["backfill", "--input", _folder.Write("config.json", Config), "--output", output, "--quiet", .. args]);
}
