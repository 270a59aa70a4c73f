using System.Text.Json.Nodes;

namespace Cistern.Cli.Tests;

/// <summary>A backfill over a backend that its address names.</summary>
public sealed class BackfillBackendTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly VerbRig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Backfill_OverABackendThatOutlivesIt_LeavesItsEntriesThere()
    {
        var first = await RunAsync("""{"source": {"a": "1", "b": "2"}, "lookups": ["a", "b"], "backend": "kept:a"}""");
        var second = await RunAsync("""{"source": {"a": "1", "b": "2"}, "lookups": ["a", "b"], "backend": "kept:a"}""");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal("1", await _rig.ReadAsync("a"));
        Assert.Equal(2, (int)JsonNode.Parse(second.Output)!["hits"]!);
        Assert.Null(JsonNode.Parse(second.Output)!["settings"]!["eviction"]);
    }

    [Theory]
    [InlineData("""{"source": {}, "backend": "kept:a", "capacity": 5}""", "$.backend: capacity is a setting of memory: alone")]
    [InlineData("""{"source": {}, "backend": "kept:a", "eviction": "lru"}""", "$.backend: eviction is a setting of memory: alone; the options of kept: follow a question mark in its address, which may have mode, password")]
    [InlineData("""{"source": {}, "backend": "kept:"}""", "$.backend: kept: must name one")]
    [InlineData("""{"source": {}, "backend": "kept:a?mod=hunter2"}""", "$.backend: unknown option 'mod' of kept:; did you mean 'mode'?")]
    public async Task Backfill_OverABackendThatCannotBeOpened_IsBadInput(string config, string fragment)
    {
        var run = await RunAsync(config);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(fragment, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backfill_APathInTheConfiguration_StartsAtItsFolder()
    {
        await RunAsync("""{"source": {}, "backend": "kept:a"}""");
        await RunAsync("""{"source": {}}""", "--backend", "kept:a");

        Assert.Equal([_folder.Path, null], _rig.Schemes.Openings.Select(opening => opening.BaseFolder));
    }

    [Fact]
    public async Task Backfill_WhoseSummaryCannotTakeItsPlace_IsAFailureOfARunThatChangedSomething()
    {
        _rig.Schemes.BeforeSet = () => Directory.CreateDirectory(_folder.At("out.json", "in the way"));

        var run = await RunAsync("""{"source": {"a": "1"}, "lookups": ["a"], "backend": "kept:a"}""");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("; the backend was filled", run.Error, StringComparison.Ordinal);
        Assert.Equal("1", await _rig.ReadAsync("a"));
    }

    private Task<CliRun> RunAsync(string config, params string[] args) =>
        _rig.RunAsync(["backfill", "--input", _folder.Write("config.json", config), "--output", _folder.At("out.json"), "--quiet", .. args]);
}
