namespace Cistern.Cli.Tests;

public sealed class CopyVerbTests : IDisposable
{
    private readonly VerbRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Copy_Entries_KeepTheirTimeLeftMetadataAndVersion()
    {
        var end = _rig.Clock.GetUtcNow() + TimeSpan.FromHours(2);
        await _rig.WriteAsync("plain", "x");
        await _rig.WriteAsync("all", "y", new SetOptions
        {
            TimeToLive = TimeSpan.FromHours(1),
            AbsoluteExpiration = end,
            Metadata = new Dictionary<string, string> { ["type"] = "text" },
            Condition = SetCondition.IfNewer,
            Version = 42,
        });
        _rig.Clock.Advance(TimeSpan.FromMinutes(20));

        var run = await _rig.RunAsync("copy", "kept:a", "kept:b");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("2 of 2 copied, in ", run.Output, StringComparison.Ordinal);
        var plain = await _rig.Schemes["b"].GetEntryAsync("plain");
        var all = await _rig.Schemes["b"].GetEntryAsync("all");
        Assert.Equal((null, null), (plain!.ExpiresAt, plain.Version));
        Assert.Equal((TimeSpan.FromMinutes(40), end, 42), (all!.TimeToLiveRemaining(_rig.Clock.GetUtcNow()), all.AbsoluteExpiration, all.Version));
        Assert.Equal("text", all.Metadata["type"]);
        Assert.Equal("y"u8.ToArray(), all.Value.ToArray());
    }

    [Fact]
    public async Task Copy_ManyEntries_CopiesEachAndReadsOnly()
    {
        for (var i = 0; i < 2500; i++) await _rig.WriteAsync($"key:{i}", $"{i}");
        await _rig.WriteAsync("other", "x");

        var (exitCode, json) = await _rig.JsonAsync("copy", "kept:a", "kept:b", "--pattern", "key:*");

        Assert.Equal((0, 2500, 2500, true), (exitCode, json.GetProperty("read").GetInt32(), json.GetProperty("stored").GetInt32(), json.GetProperty("is_complete").GetBoolean()));
        Assert.Equal(2500, (await _rig.Schemes["b"].GetStatsAsync()).CurrentEntries);
        Assert.Equal("1234", await _rig.ReadAsync("key:1234", "b"));
        Assert.Equal([true, false], _rig.Schemes.Openings.Select(opening => opening.IsReadOnly));
        Assert.Equal(0, (await _rig.Schemes["a"].GetStatsAsync()).Total);
    }

    [Theory]
    [InlineData("", 1, "before", "before", "1 of 3 copied, 2 already there, in ")]
    [InlineData("--if-absent", 0, "before", "before", "1 of 3 copied, 2 already there, in ")]
    [InlineData("--overwrite", 0, "after", "after", "3 of 3 copied, in ")]
    public async Task Copy_WhereSomethingIsThere_DoesAsAsked(string option, int exitCode, string plain, string versioned, string told)
    {
        await _rig.WriteAsync("new", "after");
        await _rig.WriteAsync("plain", "after");
        await _rig.WriteAsync("versioned", "after", SetOptions.IfNewer(2));
        await _rig.WriteAsync("plain", "before", null, "b");
        await _rig.WriteAsync("versioned", "before", SetOptions.IfNewer(1), "b");

        var run = await _rig.RunAsync([.. new[] { "copy", "kept:a", "kept:b", option }.Where(arg => arg.Length > 0)]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith(told, run.Output, StringComparison.Ordinal);
        Assert.Equal(("after", plain, versioned), (await _rig.ReadAsync("new", "b"), await _rig.ReadAsync("plain", "b"), await _rig.ReadAsync("versioned", "b")));
    }

    [Fact]
    public async Task Copy_OverANewerVersion_LeavesItEvenWhenOverwriting()
    {
        await _rig.WriteAsync("older", "a", SetOptions.IfNewer(1));
        await _rig.WriteAsync("same", "a", SetOptions.IfNewer(5));
        await _rig.WriteAsync("older", "b", SetOptions.IfNewer(2), "b");
        await _rig.WriteAsync("same", "b", SetOptions.IfNewer(5), "b");

        var (exitCode, json) = await _rig.JsonAsync("copy", "kept:a", "kept:b", "--overwrite");

        Assert.Equal((0, 1, 1, 0), (exitCode, json.GetProperty("superseded").GetInt32(), json.GetProperty("already_current").GetInt32(), json.GetProperty("stored").GetInt32()));
        Assert.Equal("b", await _rig.ReadAsync("older", "b"));
    }

    [Fact]
    public async Task Copy_ABackendThatTakesNoMore_CountsWhatWasTooLarge()
    {
        await _rig.WriteAsync("small", "x");
        await _rig.WriteAsync("large", new string('x', 100));

        var run = await _rig.RunAsync("copy", "kept:a", "memory:?max-size=50");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("1 of 2 copied, 1 too large, in ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_ToABackendWithoutRoomForAll_TellsHowManyGaveWay()
    {
        for (var i = 0; i < 10; i++) await _rig.WriteAsync($"{i}", "x");

        var run = await _rig.RunAsync("copy", "kept:a", "memory:?capacity=4");

        Assert.Equal((1, "cistern: 6 entries of TO gave way for room; larger bounds in its address keep all, such as ?max-size=1GB\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Copy_ToABackendThatFails_CountsEveryEntryAsFailed()
    {
        for (var i = 0; i < 1500; i++) await _rig.WriteAsync($"{i}", "x");
        _rig.Schemes.Faults["b"] = new IOException("the disk is full");

        var (exitCode, json) = await _rig.JsonAsync("copy", "kept:a", "kept:b");

        Assert.Equal((1, 0, 1500), (exitCode, json.GetProperty("stored").GetInt32(), json.GetProperty("failed").GetInt32()));
        Assert.Contains("the disk is full", json.GetProperty("first_error").GetString(), StringComparison.Ordinal);
        Assert.False(json.GetProperty("is_complete").GetBoolean());
    }

    [Fact]
    public async Task Copy_FromABackendThatFails_IsExitOneAndSaysSo()
    {
        _rig.Schemes.Faults["a"] = new IOException("the disk is gone");

        var run = await _rig.RunAsync("copy", "kept:a", "kept:b");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the disk is gone", run.Error, StringComparison.Ordinal);
        Assert.Contains("not everything was read", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_EntriesThatEndMeanwhile_AreNotStored()
    {
        for (var i = 0; i < 3; i++) await _rig.WriteAsync($"{i}", "x", new SetOptions { AbsoluteExpiration = _rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(1) });
        await _rig.WriteAsync("stays", "x");
        _rig.Schemes.BeforeSet = () => _rig.Clock.Advance(TimeSpan.FromSeconds(2));

        await _rig.RunAsync("copy", "kept:a", "kept:b", "--overwrite");

        Assert.Equal(["stays"], await _rig.Schemes["b"].KeysAsync().ToArrayAsync());
    }

    [Fact]
    public async Task Copy_EntriesThatVanishBeforeTheyAreRead_AreCounted()
    {
        for (var i = 0; i < 5; i++) await _rig.WriteAsync($"{i}", "x");
        _rig.Schemes.BeforeGetEntry = key =>
        {
            if (key is "2" or "3") _rig.Schemes["a"].Delete(key);
        };

        var (exitCode, json) = await _rig.JsonAsync("copy", "kept:a", "kept:b");

        Assert.Equal((0, 3, 3, 2), (exitCode, json.GetProperty("read").GetInt32(), json.GetProperty("stored").GetInt32(), json.GetProperty("vanished").GetInt32()));
        Assert.True(json.GetProperty("is_complete").GetBoolean());
    }

    [Fact]
    public async Task Copy_ToABackendThatCannotBeClosed_IsNotComplete()
    {
        await _rig.WriteAsync("a", "x");
        _rig.Schemes.ClosingFaults["b"] = new IOException("No space left");

        var (exitCode, json) = await _rig.JsonAsync("copy", "kept:a", "kept:b");

        Assert.Equal((1, 1, false), (exitCode, json.GetProperty("stored").GetInt32(), json.GetProperty("is_complete").GetBoolean()));
        Assert.Contains("No space left", json.GetProperty("closing_error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_WhatIsNotStored_IsListed()
    {
        await _rig.WriteAsync("new", "after");
        await _rig.WriteAsync("there", "after");
        await _rig.WriteAsync("there", "before", null, "b");

        var (_, refused) = await _rig.JsonAsync("copy", "kept:a", "kept:b");
        var (_, kept) = await _rig.JsonAsync("copy", "kept:a", "kept:b", "--if-absent");

        Assert.Equal("""[{"key": "there", "outcome": "present"}]""", refused.GetProperty("unstored_entries").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace("  ", "", StringComparison.Ordinal));
        Assert.Equal(0, kept.GetProperty("unstored_entries").GetArrayLength());
        Assert.True(kept.GetProperty("is_complete").GetBoolean());
    }

    [Fact]
    public async Task Copy_Interrupted_TellsWhatWasDone()
    {
        for (var i = 0; i < 3000; i++) await _rig.WriteAsync($"{i}", "x");
        using var interruption = new CancellationTokenSource();
        var sets = 0;
        _rig.Schemes.BeforeSet = () =>
        {
            if (++sets == 1500) interruption.Cancel();
        };

        var run = await _rig.RunAsync(interruption.Token, "copy", "kept:a", "kept:b");

        Assert.Equal(130, run.ExitCode);
        Assert.StartsWith("1,000 of ", run.Output, StringComparison.Ordinal);
        Assert.Contains("interrupted", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_OnATerminal_ShowsABarAndThenTheReport()
    {
        _rig.IsTerminal = true;
        await _rig.WriteAsync("a", "x");

        var run = await _rig.RunAsync("copy", "kept:a", "kept:b", "--no-color");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("1 of 1 copied", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--quiet")]
    public async Task Copy_Quietly_SaysNothing(string option)
    {
        await _rig.WriteAsync("a", "x");

        var run = await _rig.RunAsync("copy", "kept:a", "kept:b", option);

        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Copy_OntoItself_IsRefused()
    {
        var run = await _rig.RunAsync("copy", "kept:a", "kept:a?mode=x");

        Assert.Equal((2, "cistern: FROM and TO are one backend\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Copy_OfAnyBytes_IsExact()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(number => (byte)number)];
        await _rig.Schemes["a"].SetAsync("\u001b\n*", bytes);

        await _rig.RunAsync("copy", "kept:a", "kept:b");

        Assert.Equal(bytes, await _rig.Schemes["b"].GetAsync("\u001b\n*"));
    }
}
