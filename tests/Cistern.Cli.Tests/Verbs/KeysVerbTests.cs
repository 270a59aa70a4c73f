using System.Text.Json;

namespace Cistern.Cli.Tests;

public sealed class KeysVerbTests : IDisposable
{
    private static readonly string[] Hostile = ["plain", "line\nend", "\u001b[2J", "\u202ebidi", "\u009b1m", "", "Zoë"];

    private readonly VerbRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Keys_OfNothing_PrintsNothing() => Assert.Equal((0, ""), await PrintAsync("keys", "kept:a"));

    [Fact]
    public async Task Keys_APattern_PrintsWhatMatches()
    {
        await FillAsync("user:1", "user:2", "other");

        var (exitCode, output) = await PrintAsync("keys", "kept:a", "user:?");

        Assert.Equal(0, exitCode);
        Assert.Equal(["user:1", "user:2"], output.TrimEnd('\n').Split('\n').Order());
    }

    [Fact]
    public async Task Keys_ALimit_StopsThere()
    {
        await FillAsync([.. Enumerable.Range(0, 5000).Select(number => $"{number}")]);

        Assert.Equal(3, (await PrintAsync("keys", "kept:a", "--limit", "3")).Output.Count(character => character == '\n'));
        Assert.Equal(5000, (await PrintAsync("keys", "kept:a", "--limit", "9999")).Output.Count(character => character == '\n'));
    }

    [Fact]
    public async Task Keys_OnATerminal_EscapesWhatCouldLie()
    {
        await FillAsync(Hostile);
        _rig.IsTerminal = true;

        var (_, output) = await PrintAsync("keys", "kept:a");

        Assert.Equal(["", "Zoë", "\\u001b[2J", "\\u009b1m", "\\u202ebidi", "line\\u000aend", "plain"], output[..^1].Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Keys_OnNoTerminal_EscapesOnlyWhatWouldLookLikeTwo()
    {
        await FillAsync(Hostile);

        var run = await _rig.RunAsync("keys", "kept:a");

        Assert.Equal(["", "\u001b[2J", "Zoë", "line\\u000aend", "plain", "\u009b1m", "\u202ebidi"], run.Output[..^1].Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal("cistern: 1 key holds a line end and is shown with an escape for it; --print0 and --json show keys as they are\n", run.Error);
    }

    [Fact]
    public async Task Keys_WithPrint0_AreExact()
    {
        await FillAsync(Hostile);
        _rig.IsTerminal = true;

        var (_, output) = await PrintAsync("keys", "kept:a", "--print0");

        Assert.Equal(Hostile.Order(StringComparer.Ordinal), output[..^1].Split('\0').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Keys_AsJson_AreExactAndHarmless()
    {
        await FillAsync(Hostile);

        var run = await _rig.RunAsync("keys", "kept:a", "--json");

        Assert.Equal(Hostile.Order(StringComparer.Ordinal), JsonSerializer.Deserialize<string[]>(run.Output)!.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(run.Output, character => character is '\u001b' or '\u202e' or '\u009b');
    }

    [Fact]
    public async Task Keys_OfNothingAsJson_IsAnEmptyArray() => Assert.Equal((0, "[]\n"), await PrintAsync("keys", "kept:a", "--json"));

    private async Task FillAsync(params string[] keys)
    {
        foreach (var key in keys) await _rig.WriteAsync(key, "x");
    }

    private async Task<(int ExitCode, string Output)> PrintAsync(params string[] args)
    {
        var run = await _rig.RunAsync(args);
        return (run.ExitCode, run.Output);
    }
}
