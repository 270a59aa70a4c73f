namespace Cistern.Cli.Tests;

/// <summary>Standard error is where people are told, and nothing else: when it cannot be written, the work is done all the same, and the exit code says how.</summary>
public sealed class LostOutputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("write --input in.jsonl --to file:cache.json --output out.json", 0)]
    [InlineData("write --input none.jsonl --to memory --output out.json", 2)]
    [InlineData("backfill --input config.json --output out.json", 0)]
    [InlineData("get memory: key", 1)]
    [InlineData("get file:none.json key", 2)]
    [InlineData("wirte", 2)]
    public async Task Error_ThatCannotBeWritten_LeavesTheExitCode(string arguments, int exitCode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/full.");
        _folder.Write("in.jsonl", "{\"key\": \"a\"}\n");
        _folder.Write("config.json", """{"source": {"a": "1"}, "lookups": ["a"]}""");

        foreach (var lost in new[] { "2>/dev/full", "2>&-" })
        {
            var run = await CliRun.ProcessAsync("sh", ["-c", $"'{CliRun.Program}' {arguments} {lost}"], folder: _folder.Path);

            Assert.Equal((exitCode, ""), (run.ExitCode, run.Error));
        }

        Assert.Equal(arguments.StartsWith("write --input in", StringComparison.Ordinal), File.Exists(_folder.At("cache.json")));
    }

    [Theory]
    [InlineData("--help >/dev/full")]
    [InlineData("--help >&-")]
    [InlineData("set memory: key value >/dev/full")]
    [InlineData("set memory: key value >&-")]
    public async Task Output_ThatCannotBeWritten_IsExitOne(string arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/full.");

        var run = await CliRun.ProcessAsync("sh", ["-c", $"'{CliRun.Program}' {arguments}"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
