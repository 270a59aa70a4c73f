namespace Cistern.Cli.Tests;

/// <summary>exists, stats, clear and verify.</summary>
public sealed class SmallVerbTests : IDisposable
{
    private readonly VerbRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(0, "there\ta\n", "a")]
    [InlineData(1, "there\ta\nmissing\tb\n", "a", "b")]
    [InlineData(1, "missing\tno\\u001b\n", "no\u001b")]
    public async Task Exists_TellsEachKey(int exitCode, string output, params string[] keys)
    {
        await _rig.WriteAsync("a", "x");

        var run = await _rig.RunAsync(["exists", "kept:a", .. keys]);

        Assert.Equal((exitCode, output, ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Exists_IsNoLookupAndOpensForReadingOnly()
    {
        await _rig.RunAsync("exists", "kept:a", "a");

        Assert.Equal(0, (await _rig.Schemes["a"].GetStatsAsync()).Total);
        Assert.True(Assert.Single(_rig.Schemes.Openings).IsReadOnly);
    }

    [Fact]
    public async Task Exists_AsJsonAndQuietly_AnswersAsAsked()
    {
        await _rig.WriteAsync("a", "x");

        var (exitCode, json) = await _rig.JsonAsync("exists", "kept:a", "a", "b");
        var quiet = await _rig.RunAsync("exists", "kept:a", "b", "--quiet");

        Assert.Equal((1, false), (exitCode, json.GetProperty("all_exist").GetBoolean()));
        Assert.Equal([("a", true), ("b", false)], json.GetProperty("keys").EnumerateArray().Select(key => (key.GetProperty("key").GetString(), key.GetProperty("exists").GetBoolean())));
        Assert.Equal((1, "", ""), (quiet.ExitCode, quiet.Output, quiet.Error));
    }

    [Fact]
    public async Task Stats_TellsWhatIsHeld()
    {
        await _rig.WriteAsync("a", "12345");

        var run = await _rig.RunAsync("stats", "kept:a");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("entries       1\nsize          5 bytes\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_AsJson_HasTheNamesOfTheLibrary()
    {
        await _rig.WriteAsync("a", "12345");

        var (exitCode, json) = await _rig.JsonAsync("stats", "kept:a");

        Assert.Equal(0, exitCode);
        var names = new CacheStats { Backend = "" }.ToDictionary().Keys.Concat(["capacity", "is_persistent", "is_shared"]);
        Assert.Equal(names, json.EnumerateObject().Select(field => field.Name));
        Assert.Equal((1, 5, 0), (json.GetProperty("current_entries").GetInt32(), json.GetProperty("current_size_bytes").GetInt32(), json.GetProperty("hits").GetInt32()));
    }

    [Fact]
    public async Task Clear_AgreedBeforehand_RemovesEverything()
    {
        await FillAsync();

        var run = await _rig.RunAsync("clear", "kept:a", "--yes");

        Assert.Equal((0, "2 entries removed\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(0, (await _rig.JsonAsync("clear", "kept:a", "--yes")).Json.GetProperty("cleared").GetInt32());
    }

    [Fact]
    public async Task Clear_WhereNobodyCanBeAsked_IsRefused()
    {
        await FillAsync();

        var run = await _rig.RunAsync("clear", "kept:a");

        Assert.Equal((2, "", "cistern: clear asks first, and there is no terminal to ask on; --yes agrees beforehand\n"), (run.ExitCode, run.Output, run.Error));
        Assert.NotNull(await _rig.ReadAsync("a"));
    }

    [Theory]
    [InlineData("y\n", 0)]
    [InlineData("n\n", 1)]
    public async Task Clear_OnATerminal_Asks(string answer, int exitCode)
    {
        await FillAsync();
        (_rig.IsTerminal, _rig.Input) = (true, System.Text.Encoding.UTF8.GetBytes(answer));

        var run = await _rig.RunAsync("clear", "kept:a");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("remove every entry (2) of kept:a? [y/N] ", run.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, await _rig.ReadAsync("a") is null);
    }

    [Fact]
    public async Task Verify_NothingFound_IsSound()
    {
        await FillAsync();

        var run = await _rig.RunAsync("verify", "kept:a");
        var (_, json) = await _rig.JsonAsync("verify", "kept:a?password=hunter2");

        Assert.Equal((0, "2 entries are sound\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(("kept:a?password=***", true, 2), (json.GetProperty("address").GetString(), json.GetProperty("is_sound").GetBoolean(), json.GetProperty("entries").GetInt32()));
    }

    [Fact]
    public async Task Verify_Findings_AreToldHarmlessly()
    {
        await _rig.WriteAsync("a", "x");
        _rig.Schemes.Findings.Add(new BackendFinding("cache.json, entry '\u001b[2J\n\u202e'", "its checksum does not match; the entry is a miss"));

        var run = await _rig.RunAsync("verify", "kept:a");
        var (exitCode, json) = await _rig.JsonAsync("verify", "kept:a");

        Assert.Equal((1, "cache.json, entry '\\u001b[2J\\u000a\\u202e': its checksum does not match; the entry is a miss\n1 entry is sound; 1 finding\n"), (run.ExitCode, run.Output));
        Assert.Equal(1, exitCode);
        Assert.Equal("its checksum does not match; the entry is a miss", Assert.Single(json.GetProperty("findings").EnumerateArray()).GetProperty("what").GetString());
    }

    [Fact]
    public async Task Verify_APlaceThatCannotBeRead_IsBadInput()
    {
        _rig.Schemes.Faults["a"] = new IOException("gone");

        var run = await _rig.RunAsync("verify", "kept:a");

        Assert.Equal((2, "", "cistern: ADDRESS: cannot be read\n"), (run.ExitCode, run.Output, run.Error));
    }

    private async Task FillAsync()
    {
        await _rig.WriteAsync("a", "x");
        await _rig.WriteAsync("b", "x");
    }
}
