using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>What others have under the same prefix: never a value, and never lost by a clear.</summary>
public sealed class ForeignKeyTests(RedisServers servers)
{
    private readonly string _prefix = $"foreign-{Guid.NewGuid():n}:";

    [Theory]
    [InlineData("set", "text")]
    [InlineData("set", "")]
    [InlineData("set", "\u0001")]
    [InlineData("lpush", "element")]
    public async Task Key_OfSomethingElse_IsAMissAndStays(string command, string value)
    {
        var server = await servers.PlainAsync();
        await server.AskAsync(command, $"{_prefix}key", value);
        await using var backend = await OpenAsync();
        if (command == "set") Assert.Null(await backend.GetAsync("key"));
        else await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.GetAsync("key"));
        Assert.Empty(await backend.KeysAsync().ToListAsync());
        Assert.False(await backend.TouchAsync("key", TimeSpan.FromMinutes(1)));
        Assert.False(await backend.DeleteAsync("key"));
        Assert.Equal(0, await backend.ClearAsync());
        Assert.Equal("1", await server.AskAsync("exists", $"{_prefix}key"));
        Assert.Equal(SetOutcome.Stored, await backend.SetAsync("key", "ours"u8.ToArray()));
        Assert.Equal("ours", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Entry_OfANewerFormat_IsAMissAndStays()
    {
        var server = await servers.PlainAsync();
        await using var backend = await OpenAsync();
        await backend.SetAsync("key", "value"u8.ToArray(), SetOptions.IfNewer(7));
        await server.AskAsync("setrange", $"{_prefix}key", "0", "\u0002");
        Assert.Null(await backend.GetAsync("key"));
        Assert.Null(await backend.GetEntryAsync("key"));
        Assert.False(await backend.ExistsAsync("key"));
        Assert.Empty(await backend.GetManyAsync(["key"]));
        Assert.Equal(0, await backend.ClearAsync());
        Assert.Equal("1", await server.AskAsync("exists", $"{_prefix}key"));
    }

    [Fact]
    public async Task Clear_KeysOfOtherPrefixes_Stay()
    {
        var server = await servers.PlainAsync();
        await using var backend = await OpenAsync();
        await using var other = await servers.OpenPlainAsync(new RedisBackendOptions { Prefix = "[a-z]*?\\" + _prefix });
        await using var third = await servers.OpenPlainAsync(new RedisBackendOptions { Prefix = "b" + _prefix });
        foreach (var each in new[] { backend, other, third }) await each.SetAsync("key", "value"u8.ToArray());
        Assert.Equal(1, await other.ClearAsync());
        Assert.Equal("value", await third.GetStringAsync("key"));
        Assert.Equal(["key"], await third.KeysAsync().ToListAsync());
        Assert.Equal("1", await server.AskAsync("exists", $"{_prefix}key"));
    }

    [Fact]
    public async Task Entry_OnTheServer_EndsAGraceAfterItsOwnEnd()
    {
        var server = await servers.PlainAsync();
        await using var backend = await OpenAsync();
        await backend.SetAsync("key", "value"u8.ToArray(), new SetOptions { TimeToLive = TimeSpan.FromSeconds(10) });
        Assert.InRange(long.Parse(await server.AskAsync("pttl", $"{_prefix}key"), System.Globalization.CultureInfo.InvariantCulture), 60_000, 70_000);
        await backend.TouchAsync("key", TimeSpan.FromSeconds(100));
        Assert.InRange(long.Parse(await server.AskAsync("pttl", $"{_prefix}key"), System.Globalization.CultureInfo.InvariantCulture), 150_000, 160_000);
        await backend.TouchAsync("key", null);
        Assert.Equal("-1", await server.AskAsync("pttl", $"{_prefix}key"));
    }

    private async Task<RedisBackend> OpenAsync() => await servers.OpenPlainAsync(new RedisBackendOptions { Prefix = _prefix, TimeProvider = new ManualTimeProvider() });
}
