namespace Cistern.Cli.Tests;

/// <summary>What a machine can do to a run: a disk without room, an input without an end, a signal.</summary>
public sealed class HostileInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--output")]
    [InlineData("--results")]
    public async Task Disk_Full_IsOneLineAndWhatWasThereStays(string option)
    {
        await Privileges.RequireMountsAsync();
        var lookups = string.Join(",", Enumerable.Repeat("\"a\"", 40_000));
        _folder.Write("config.json", $$"""{"source": {"a": "{{new string('v', 100)}}"}, "lookups": [{{lookups}}]}""");
        Directory.CreateDirectory(_folder.At("small"));
        var other = option == "--output" ? "" : $"--output '{_folder.At("out.json")}'";

        // A disk of 2 MB of its own; its device differs from the folder's, or nothing is written.
        var run = await CliRun.ProcessAsync("unshare", ["-m", "sh", "-c", $"""
            set -e
            cd '{_folder.Path}'
            before=$(stat -c %d small)
            mount -t tmpfs -o size=2m cistern-test small
            test "$before" != "$(stat -c %d small)"
            printf 'what was there before' > small/out
            set +e
            '{CliRun.Program}' backfill --input config.json {option} small/out {other} --quiet > printed
            echo "exit $?"
            cat small/out
            echo " and"
            ls -A small
            """]);

        Assert.Equal("exit 2\nwhat was there before and\nout\n", run.Output);
        Assert.Equal("cistern: small/out: cannot be written: No space left on device\n", run.Error);
        Assert.Equal("", await File.ReadAllTextAsync(_folder.At("printed")));
        Assert.False(File.Exists(_folder.At("out.json")));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"source\": {\"a\": \"")]
    public async Task Line_OfTwoGigabytesThroughAPipe_IsRefusedInBoundedMemory(string beginning)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs named pipes of Unix.");
        Assert.Equal(0, (await CliRun.ProcessAsync("mkfifo", [_folder.At("pipe")])).ExitCode);

        // The writer is ended by the reader that goes away. No more than 1.5 GB of addresses for data.
        var run = await CliRun.ProcessAsync("sh", ["-c", $"""
            (printf '%s' '{beginning}'; head -c 2147483648 /dev/zero | tr '\0' 'x') > '{_folder.At("pipe")}' 2>/dev/null &
            ulimit -d 1500000
            '{CliRun.Program}' backfill --input '{_folder.At("pipe")}' --output '{_folder.At("out.json")}'
            """]);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"cistern: {_folder.At("pipe")}: is larger than 256 MB; put the source and the lookups into files of their own and name them (--source, --lookups)\n", run.Error);
        Assert.False(File.Exists(_folder.At("out.json")));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Signal_WhileRunning_LeavesNothingBehind(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs signals of Unix.");
        Assert.Equal(0, (await CliRun.ProcessAsync("mkfifo", [_folder.At("pipe.txt")])).ExitCode);
        _folder.Write("config.json", """{"source": {"a": "1"}}""");
        _folder.Write("out.json", "before");

        // The pipe gives one lookup and then nothing: the program waits for the rest when the signal comes, and until it has ended.
        // Whoever starts the tests in the background has them ignore SIGINT, and a shell cannot take that back.
        var run = await CliRun.ProcessAsync("env", [.. OperatingSystem.IsLinux() ? ["--default-signal=INT"] : Array.Empty<string>(), "sh", "-c", $"""
            cd '{_folder.Path}'
            (echo a; exec sleep 60) > pipe.txt 2>/dev/null &
            writer=$!
            (while ! ls -A | grep -q cistern-; do :; done; kill -{signal} $(cat pid)) &
            sh -c 'echo $$ > pid; exec "$0" "$@"' '{CliRun.Program}' backfill --input config.json --output out.json --lookups pipe.txt
            code=$?
            kill $writer
            exit $code
            """]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal("cistern: interrupted; nothing was written\n", run.Error);
        Assert.Equal("before", await File.ReadAllTextAsync(_folder.At("out.json")));
        Assert.Equal(4, Directory.GetFileSystemEntries(_folder.Path).Length);
    }
}
