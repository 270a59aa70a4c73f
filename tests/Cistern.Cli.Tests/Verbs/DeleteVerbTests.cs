namespace Cistern.Cli.Tests;

public sealed class DeleteVerbTests : IDisposable
{
    private readonly VerbRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Delete_Keys_DeletesThem()
    {
        await FillAsync("a", "b", "c");

        var run = await _rig.RunAsync("delete", "kept:a", "a", "b", "a");

        Assert.Equal((0, "2 deleted\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(["c"], await KeysAsync());
    }

    [Fact]
    public async Task Delete_AKeyThatIsNotThere_IsToldAndTheOthersGo()
    {
        await FillAsync("a");

        var run = await _rig.RunAsync("delete", "kept:a", "a", "no\u001b");

        Assert.Equal((1, "1 deleted\n", "cistern: not deleted: 'no\\u001b' is not there\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Delete_AsJson_TellsEachKey()
    {
        await FillAsync("a");

        var (exitCode, json) = await _rig.JsonAsync("delete", "kept:a", "a", "b");

        Assert.Equal((1, 1), (exitCode, json.GetProperty("deleted").GetInt32()));
        Assert.Equal([("a", true), ("b", false)], json.GetProperty("keys").EnumerateArray().Select(key => (key.GetProperty("key").GetString(), key.GetProperty("deleted").GetBoolean())));
    }

    [Fact]
    public async Task Delete_AnOlderVersion_LeavesTheEntry()
    {
        await _rig.WriteAsync("a", "x", SetOptions.IfNewer(5));

        Assert.Equal(1, (await _rig.RunAsync("delete", "kept:a", "a", "--version", "4")).ExitCode);
        Assert.NotNull(await _rig.ReadAsync("a"));
        Assert.Equal(0, (await _rig.RunAsync("delete", "kept:a", "a", "--version", "6")).ExitCode);
        Assert.Equal(SetOutcome.Superseded, await _rig.Schemes["a"].SetStringAsync("a", "late", SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Delete_AKeyLikeAGlob_DeletesThatKeyOnly()
    {
        await FillAsync("*", "a");

        await _rig.RunAsync("delete", "kept:a", "*");

        Assert.Equal(["a"], await KeysAsync());
    }

    [Fact]
    public async Task Delete_APatternAgreedBeforehand_DeletesAllThatMatch()
    {
        await FillAsync([.. Enumerable.Range(0, 2500).Select(number => $"user:{number}"), "other"]);

        var run = await _rig.RunAsync("delete", "kept:a", "--pattern", "user:*", "--yes");

        Assert.Equal((0, "2,500 deleted\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(["other"], await KeysAsync());
    }

    [Fact]
    public async Task Delete_APatternThatMatchesNothing_IsDone()
    {
        var (exitCode, json) = await _rig.JsonAsync("delete", "kept:a", "--pattern", "user:*", "--yes");

        Assert.Equal((0, 0, "user:*"), (exitCode, json.GetProperty("deleted").GetInt32(), json.GetProperty("pattern").GetString()));
    }

    [Fact]
    public async Task Delete_APatternWhereNobodyCanBeAsked_IsRefusedBeforeAnythingIsOpened()
    {
        await FillAsync("a", "b");

        var run = await _rig.RunAsync("delete", "kept:a", "--pattern", "*");

        Assert.Equal((2, "", "cistern: delete --pattern asks first, and there is no terminal to ask on; --yes agrees beforehand\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(_rig.Schemes.Openings);
    }

    [Theory]
    [InlineData("y\n", 0, 0)]
    [InlineData("YES\r\n", 0, 0)]
    [InlineData("yes", 0, 0)]
    [InlineData("n\n", 1, 2)]
    [InlineData("\n", 1, 2)]
    [InlineData("", 1, 2)]
    [InlineData("yesterday\n", 1, 2)]
    [InlineData("no\ny\n", 1, 2)]
    public async Task Delete_APatternOnATerminal_AsksAndOnlyYesIsYes(string answer, int exitCode, int left)
    {
        await FillAsync("a", "b");
        (_rig.IsTerminal, _rig.Input) = (true, System.Text.Encoding.UTF8.GetBytes(answer));

        var run = await _rig.RunAsync("delete", "kept:a?password=hunter2", "--pattern", "?");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("delete 2 entries of kept:a?password=*** whose keys match '?'? [y/N] ", run.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode == 0 ? "2 deleted\n" : "", run.Output);
        Assert.Equal(left, (await KeysAsync()).Length);
    }

    [Fact]
    public async Task Delete_APatternThatMatchesOne_OnATerminal_DoesNotAsk()
    {
        await FillAsync("a", "b");
        _rig.IsTerminal = true;

        var run = await _rig.RunAsync("delete", "kept:a", "--pattern", "a*");

        Assert.Equal((0, "1 deleted\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Delete_APatternWithAVersion_LeavesNewerEntries()
    {
        await _rig.WriteAsync("old", "x", SetOptions.IfNewer(1));
        await _rig.WriteAsync("new", "x", SetOptions.IfNewer(9));

        await _rig.RunAsync("delete", "kept:a", "--pattern", "*", "--version", "5", "--yes");

        Assert.Equal(["new"], await KeysAsync());
    }

    private async Task FillAsync(params string[] keys)
    {
        foreach (var key in keys) await _rig.WriteAsync(key, "x");
    }

    private async Task<string[]> KeysAsync() => await _rig.Schemes["a"].KeysAsync().ToArrayAsync();
}
