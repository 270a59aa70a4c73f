namespace Cistern.Cli.Tests;

public sealed class InspectVerbTests : IDisposable
{
    private readonly VerbRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Inspect_AnEntry_ShowsEverythingKeptOfIt()
    {
        var created = InstantText.Of(_rig.Clock.GetUtcNow());
        await _rig.WriteAsync("user:1", "Ada", new SetOptions
        {
            TimeToLive = TimeSpan.FromHours(1),
            AbsoluteExpiration = _rig.Clock.GetUtcNow() + TimeSpan.FromDays(1),
            Metadata = new Dictionary<string, string> { ["type"] = "text", ["by"] = "me" },
            Condition = SetCondition.IfNewer,
            Version = 42,
        });
        _rig.Clock.Advance(TimeSpan.FromMinutes(20));

        var run = await _rig.RunAsync("inspect", "kept:a", "user:1");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"""
            key           user:1
            size          3 bytes
            created       {created}
            expires       {InstantText.Of(_rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(40))}
            time left     00:40:00
            at the latest {InstantText.Of(_rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(-20) + TimeSpan.FromDays(1))}
            version       42
            metadata      by = me
            metadata      type = text
            value         Ada

            """.ReplaceLineEndings("\n"), run.Output);
    }

    [Fact]
    public async Task Inspect_AsJson_HasEveryFieldOfAPlainEntry()
    {
        await _rig.WriteAsync("key", "x");

        var (exitCode, json) = await _rig.JsonAsync("inspect", "kept:a", "key");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            ["key", "found", "size_bytes", "created_at", "expires_at", "ttl_remaining_ms", "absolute_expiration", "version", "metadata", "preview", "preview_encoding", "preview_is_cut"],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("expires_at").ValueKind);
    }

    [Fact]
    public async Task Inspect_AsJson_TellsVersionTimeAndMetadataExactly()
    {
        await _rig.WriteAsync("key", "x", new SetOptions { Condition = SetCondition.IfNewer, Version = 638993664000000001, TimeToLive = TimeSpan.FromSeconds(90), Metadata = new Dictionary<string, string> { ["a\u001b"] = "\u202e" } });

        var (_, json) = await _rig.JsonAsync("inspect", "kept:a", "key");

        Assert.Equal((638993664000000001, 90_000, "\u202e"), (json.GetProperty("version").GetInt64(), json.GetProperty("ttl_remaining_ms").GetInt64(), json.GetProperty("metadata").GetProperty("a\u001b").GetString()));
    }

    [Fact]
    public async Task Inspect_WhatCouldLie_IsEscaped()
    {
        await _rig.WriteAsync("k\n\u202e", "v\u001b[2J\n\u009b\u2066", new SetOptions { Metadata = new Dictionary<string, string> { ["n\u001b"] = "m\n\u202e\u0085" } });

        var run = await _rig.RunAsync("inspect", "kept:a", "k\n\u202e");

        Assert.Contains("key           k\\u000a\\u202e\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("metadata      n\\u001b = m\\u000a\\u202e\\u0085\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("value         v\\u001b[2J\\u000a\\u009b\\u2066\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Output, character => character != '\n' && (char.IsControl(character) || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.Format));
    }

    [Theory]
    [InlineData(256, false, 256)]
    [InlineData(257, true, 256)]
    public async Task Inspect_ALongValue_ShowsItsBeginning(int bytes, bool isCut, int shown)
    {
        await _rig.WriteAsync("key", new string('x', bytes));

        var (_, json) = await _rig.JsonAsync("inspect", "kept:a", "key");
        var run = await _rig.RunAsync("inspect", "kept:a", "key");

        Assert.Equal((isCut, shown), (json.GetProperty("preview_is_cut").GetBoolean(), json.GetProperty("preview").GetString()!.Length));
        Assert.Contains(isCut ? "\nbegins with   x" : "\nvalue         x", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("€")]
    [InlineData("é")]
    [InlineData("😀")]
    public async Task Inspect_ALongText_IsCutBetweenCharacters(string character)
    {
        await _rig.WriteAsync("key", "x" + string.Concat(Enumerable.Repeat(character, 200)));

        var (_, json) = await _rig.JsonAsync("inspect", "kept:a", "key");

        Assert.Equal("utf-8", json.GetProperty("preview_encoding").GetString());
        Assert.EndsWith(character, json.GetProperty("preview").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_Bytes_AreShownAsNumbers()
    {
        await _rig.Schemes["a"].SetAsync("key", new byte[] { 0xFF, (byte)'a', 0x80, 0 });

        Assert.Contains("value         \\xffa\\x80\\u0000\n", (await _rig.RunAsync("inspect", "kept:a", "key")).Output, StringComparison.Ordinal);
        Assert.Equal("base64", (await _rig.JsonAsync("inspect", "kept:a", "key")).Json.GetProperty("preview_encoding").GetString());
    }

    [Fact]
    public async Task Inspect_AMiss_IsExitOne()
    {
        var run = await _rig.RunAsync("inspect", "kept:a", "none");

        Assert.Equal((1, "", "cistern: no such key: 'none'\n"), (run.ExitCode, run.Output, run.Error));
        Assert.False((await _rig.JsonAsync("inspect", "kept:a", "none")).Json.GetProperty("found").GetBoolean());
    }

    [Fact]
    public async Task Inspect_IsNoLookup()
    {
        await _rig.WriteAsync("key", "x");

        await _rig.RunAsync("inspect", "kept:a", "key");

        Assert.Equal(0, (await _rig.Schemes["a"].GetStatsAsync()).Total);
    }
}
