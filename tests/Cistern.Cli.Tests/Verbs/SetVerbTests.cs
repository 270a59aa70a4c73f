namespace Cistern.Cli.Tests;

public sealed class SetVerbTests : IDisposable
{
    private static readonly byte[] EveryByte = [.. Enumerable.Range(0, 256).Select(number => (byte)number)];

    private readonly VerbRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Set_AText_StoresItsUtf8()
    {
        var run = await _rig.RunAsync("set", "kept:a", "key", "Zoë");

        Assert.Equal((0, "stored\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal("Zoë"u8.ToArray(), await _rig.Schemes["a"].GetAsync("key"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" two  words\n")]
    [InlineData("--yes")]
    [InlineData("-5")]
    [InlineData("@file")]
    public async Task Set_AnyText_IsTakenAsItIs(string value)
    {
        Assert.Equal(0, (await _rig.RunAsync("set", "kept:a", "key", "--", value)).ExitCode);
        Assert.Equal(value, await _rig.ReadAsync("key"));
    }

    [Fact]
    public async Task Set_FromStandardInput_StoresEveryByte()
    {
        _rig.Input = EveryByte;

        Assert.Equal(0, (await _rig.RunAsync("set", "kept:a", "key", "--from", "-")).ExitCode);
        Assert.Equal(EveryByte, await _rig.Schemes["a"].GetAsync("key"));
    }

    [Fact]
    public async Task Set_FromAFile_StoresEveryByte()
    {
        using var folder = new TempFolder();
        byte[] large = [.. Enumerable.Repeat(EveryByte, 1000).SelectMany(bytes => bytes)];

        Assert.Equal(0, (await _rig.RunAsync("set", "kept:a", "key", "--from", folder.Write("value.bin", large))).ExitCode);
        Assert.Equal(large, await _rig.Schemes["a"].GetAsync("key"));
    }

    [Fact]
    public async Task Set_FromAnEmptyFile_StoresAnEmptyValue()
    {
        using var folder = new TempFolder();

        Assert.Equal(0, (await _rig.RunAsync("set", "kept:a", "key", "--from", folder.Write("value.bin", ""))).ExitCode);
        Assert.Equal("", await _rig.ReadAsync("key"));
    }

    [Fact]
    public async Task Set_ATtl_EndsTheEntryThen()
    {
        await _rig.RunAsync("set", "kept:a", "key", "x", "--ttl", "5m");

        _rig.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await _rig.ReadAsync("key"));
        _rig.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await _rig.ReadAsync("key"));
    }

    [Fact]
    public async Task Set_Metadata_IsKeptBesideTheValue()
    {
        await _rig.RunAsync("set", "kept:a", "key", "x", "--metadata", "type=image/png", "--metadata", "note=a=b", "--metadata", "none=", "--metadata=dash=-x");

        var entry = await _rig.Schemes["a"].GetEntryAsync("key");
        Assert.Equal(new Dictionary<string, string> { ["type"] = "image/png", ["note"] = "a=b", ["none"] = "", ["dash"] = "-x" }, entry!.Metadata);
    }

    [Fact]
    public async Task Set_IfAbsent_LeavesWhatIsThere()
    {
        await _rig.WriteAsync("key", "before");

        var run = await _rig.RunAsync("set", "kept:a", "key", "after", "--if-absent");

        Assert.Equal((1, "", "cistern: not stored: a live entry is there\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal("before", await _rig.ReadAsync("key"));
        Assert.Equal(0, (await _rig.RunAsync("set", "kept:a", "other", "x", "--if-absent")).ExitCode);
    }

    [Fact]
    public async Task Set_AVersion_WinsOverLowerOnesOnly()
    {
        Assert.Equal("stored\n", (await _rig.RunAsync("set", "kept:a", "key", "two", "--version", "2")).Output);
        var again = await _rig.RunAsync("set", "kept:a", "key", "two", "--version", "2");
        var older = await _rig.RunAsync("set", "kept:a", "key", "one", "--version", "-1");

        Assert.Equal((0, "already current\n"), (again.ExitCode, again.Output));
        Assert.Equal((1, "cistern: not stored: a newer version is there, or was deleted\n"), (older.ExitCode, older.Error));
        Assert.Equal("two", await _rig.ReadAsync("key"));
    }

    [Theory]
    [InlineData(1 << 20, 0)]
    [InlineData((1 << 20) + 1, 1)]
    [InlineData(3 << 20, 1)]
    public async Task Set_AsMuchAsTheBackendAllows_IsStoredAndOneByteMoreIsNot(int bytes, int exitCode)
    {
        _rig.Input = new byte[bytes];

        var run = await _rig.RunAsync("set", "kept:a", "key", "--from", "-");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode == 0 ? "" : "cistern: not stored: larger than the backend allows (a value may have 1,048,576 bytes)\n", run.Error);
    }

    [Theory]
    [InlineData("stored", 0)]
    [InlineData("present", 1, "--if-absent")]
    [InlineData("stored", 0, "--version", "7")]
    public async Task Set_AsJson_NamesTheOutcome(string outcome, int exitCode, params string[] options)
    {
        await _rig.WriteAsync("key", "before");

        var (exit, json) = await _rig.JsonAsync(["set", "kept:a", "key", "after", .. options]);

        Assert.Equal((exitCode, outcome, 5), (exit, json.GetProperty("outcome").GetString(), json.GetProperty("size_bytes").GetInt32()));
    }

    [Fact]
    public async Task Set_Quietly_SaysNothing()
    {
        var run = await _rig.RunAsync("set", "kept:a", "key", "x", "--quiet");

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Set_OpensForWriting()
    {
        await _rig.RunAsync("set", "kept:a", "key", "x");

        Assert.False(Assert.Single(_rig.Schemes.Openings).IsReadOnly);
    }

    [Fact]
    public async Task Set_InputThatNeverEnds_IsInterrupted()
    {
        using var interruption = new CancellationTokenSource();
        using var endless = new EndlessInput(interruption);
        await using var error = new StringWriter { NewLine = "\n" };
        var console = new ConsoleStreams(Stream.Null, error) { OpenInput = () => endless };

        var exitCode = await CommandLine.RunAsync(["set", "memory:", "key", "--from", "-"], console, interruption.Token);

        Assert.Equal((130, "cistern: interrupted\n"), (exitCode, error.ToString()));
    }

    /// <summary>Interrupts when it is read a second time, and then stays silent until it is closed.</summary>
    private sealed class EndlessInput(CancellationTokenSource interruption) : MemoryStream
    {
        private readonly ManualResetEventSlim _closed = new();
        private int _reads;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_reads++ == 0) return 1;
            interruption.Cancel();
            _closed.Wait();
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            _closed.Set();
            base.Dispose(disposing);
        }
    }

    [Theory]
    [InlineData("file:z?max-size=1", "larger than the backend allows (a value may have 1 bytes)")]
    [InlineData("memory:?max-size=2", "larger than the backend allows (a value may have 2 bytes)")]
    [InlineData("memory:?max-memory=10", "larger than the backend allows (with its key and what is kept beside it, it takes more than the 10 bytes of max-memory)")]
    public async Task Set_MoreThanABoundOfTheAddress_NamesThatBound(string address, string reason)
    {
        using var folder = new TempFolder();

        var run = await CliRun.InProcessAsync("set", address.Replace("file:z", $"file:{folder.At("z")}"), "key", "vvv");

        Assert.Equal((1, $"cistern: not stored: {reason}\n"), (run.ExitCode, run.Error));
    }
}
