using System.Text;

namespace Cistern.Cli.Tests;

public sealed class GetVerbTests : IDisposable
{
    private static readonly byte[] EveryByte = [.. Enumerable.Range(0, 256).Select(number => (byte)number)];

    private readonly VerbRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Get_AValue_PrintsItsBytesAndNothingElse()
    {
        await _rig.Schemes["a"].SetAsync("key", EveryByte);

        var run = await _rig.RunAsync("get", "kept:a", "key");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(EveryByte, _rig.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Get_AnEmptyValue_PrintsNothingAndIsDone()
    {
        await _rig.WriteAsync("key", "");

        var run = await _rig.RunAsync("get", "kept:a", "key");

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Get_AMiss_IsOneLineOnStandardError()
    {
        var run = await _rig.RunAsync("get", "kept:a", "key");

        Assert.Equal((1, "", "cistern: no such key: 'key'\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Get_AMissQuietly_SaysNothing()
    {
        var run = await _rig.RunAsync("get", "kept:a", "key", "--quiet");

        Assert.Equal((1, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Get_AnExpiredEntry_IsAMiss()
    {
        await _rig.WriteAsync("key", "x", new SetOptions { TimeToLive = TimeSpan.FromSeconds(1) });
        _rig.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, (await _rig.RunAsync("get", "kept:a", "key")).ExitCode);
    }

    [Fact]
    public async Task Get_OnATerminal_EndsTheLineAndEscapesWhatCouldLie()
    {
        _rig.IsTerminal = true;
        await _rig.WriteAsync("key", "\u001b[2J\u202eright\u009b\u2066\tone\ntwo\r");

        var run = await _rig.RunAsync("get", "kept:a", "key");

        Assert.Equal("\\u001b[2J\\u202eright\\u009b\\u2066\tone\ntwo\\u000d\n", run.Output);
    }

    [Fact]
    public async Task Get_BytesThatAreNoText_OnATerminal_AreEscaped()
    {
        _rig.IsTerminal = true;
        await _rig.Schemes["a"].SetAsync("key", new byte[] { 0x9B, (byte)'x', 0xFF, 0xC3, (byte)'\n' });

        Assert.Equal("\\x9bx\\xff\\xc3\n", (await _rig.RunAsync("get", "kept:a", "key")).Output);
    }

    [Fact]
    public async Task Get_ToADash_IsRawEvenOnATerminal()
    {
        _rig.IsTerminal = true;
        await _rig.Schemes["a"].SetAsync("key", EveryByte);

        await _rig.RunAsync("get", "kept:a", "key", "--output", "-");

        Assert.Equal(EveryByte, _rig.Output);
    }

    [Fact]
    public async Task Get_ToAFile_WritesTheBytesThereOnly()
    {
        using var folder = new TempFolder();
        await _rig.Schemes["a"].SetAsync("key", EveryByte);

        var run = await _rig.RunAsync("get", "kept:a", "key", "--output", folder.At("new", "value.bin"));

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(EveryByte, await File.ReadAllBytesAsync(folder.At("new", "value.bin")));
    }

    [Fact]
    public async Task Get_AMissToAFile_LeavesTheFileAlone()
    {
        using var folder = new TempFolder();
        folder.Write("value.bin", "before");

        var run = await _rig.RunAsync("get", "kept:a", "key", "--output", folder.At("value.bin"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("before", await File.ReadAllTextAsync(folder.At("value.bin")));
    }

    [Fact]
    public async Task Get_AsJson_TellsTheValueAndItsEncoding()
    {
        await _rig.WriteAsync("key", "Zoë \u001b");
        await _rig.Schemes["a"].SetAsync("bytes", EveryByte);

        var (_, text) = await _rig.JsonAsync("get", "kept:a", "key");
        var (_, bytes) = await _rig.JsonAsync("get", "kept:a", "bytes");
        var (missed, miss) = await _rig.JsonAsync("get", "kept:a", "none");

        Assert.Equal(("Zoë \u001b", "utf-8", 6), (text.GetProperty("value").GetString(), text.GetProperty("value_encoding").GetString(), text.GetProperty("size_bytes").GetInt32()));
        Assert.Equal("base64", bytes.GetProperty("value_encoding").GetString());
        Assert.Equal(EveryByte, bytes.GetProperty("value").GetBytesFromBase64());
        Assert.Equal((1, false), (missed, miss.GetProperty("found").GetBoolean()));
    }

    [Fact]
    public async Task Get_OpensForReadingOnlyAndIsALookup()
    {
        await _rig.WriteAsync("key", "x");

        await _rig.RunAsync("get", "kept:a", "key");

        Assert.True(Assert.Single(_rig.Schemes.Openings).IsReadOnly);
        Assert.Equal(1, (await _rig.Schemes["a"].GetStatsAsync()).Hits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("../../etc")]
    [InlineData("a b")]
    [InlineData("\u202e\n\u001b")]
    [InlineData("--json")]
    [InlineData("-")]
    public async Task Get_AnyKeyThatIsLegal_IsFound(string key)
    {
        await _rig.WriteAsync(key, "found");

        Assert.Equal("found", (await _rig.RunAsync("get", "kept:a", "--", key)).Output);
    }

    [Fact]
    public async Task Get_AKeyThatCouldLie_IsEscapedInTheNote()
    {
        var run = await _rig.RunAsync("get", "kept:a", "a\n\u001b[1m\u202e\u009b");

        Assert.Equal("cistern: no such key: 'a\\u000a\\u001b[1m\\u202e\\u009b'\n", run.Error);
    }

    [Fact]
    public async Task Get_ABackendThatFails_IsExitOneAndNoMiss()
    {
        _rig.Schemes.Faults["a"] = new IOException("the disk is gone");

        var run = await _rig.RunAsync("get", "kept:a", "key");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("the disk is gone", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no such key", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpectedly", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ALargeText_IsAllOfIt()
    {
        var text = new string('x', 1_000_000);
        await _rig.WriteAsync("key", text);

        Assert.Equal(text, Encoding.UTF8.GetString((await _rig.RunAsync("get", "kept:a", "key")).Output.Select(character => (byte)character).ToArray()));
    }
}
