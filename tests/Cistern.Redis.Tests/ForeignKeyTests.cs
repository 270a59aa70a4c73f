using Cistern.Testing;
using StackExchange.Redis;

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
        await AssertMissAsync(backend);
        Assert.False(await backend.TouchAsync("key", TimeSpan.FromMinutes(1)));
        Assert.False(await backend.DeleteAsync("key"));
        Assert.False(await backend.DeleteAsync("key", 7));
        Assert.Equal(0, await backend.DeleteManyAsync(["key", "other"]));
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
        await AssertMissAsync(backend);
        Assert.Equal(0, await backend.ClearAsync());
        Assert.Equal("1", await server.AskAsync("exists", $"{_prefix}key"));
    }

    [Theory]
    [InlineData("set", "text")]
    [InlineData("lpush", "element")]
    public async Task KeyOfACluster_OfSomethingElse_IsAMiss(string command, string value)
    {
        await using var backend = await servers.OpenClusterAsync(new RedisBackendOptions { Prefix = _prefix });
        await (await servers.ClusterAsync()).Masters[0].AskAsync("-c", command, $"{_prefix}key", value);
        await AssertMissAsync(backend);
        Assert.Equal(0, await backend.ClearAsync());
        Assert.Equal("1", await (await servers.ClusterAsync()).Masters[0].AskAsync("-c", "exists", $"{_prefix}key"));
    }

    [Theory]
    [InlineData("\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001\u007f\u007f\u007f\u007f\u007f\u007f\u007f")]
    [InlineData("\u0001\u0000\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u0000\u0000\u0000\u0000\u0000\u0000\u0000")]
    [InlineData("\u0001\u0004\u0000\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u007f\u007f\u007f\u007f\u007f\u007f\u007f")]
    public async Task Key_WithATimeThatThereIsNot_IsAMissAndStays(string value)
    {
        var server = await servers.PlainAsync();
        await using var backend = await OpenAsync();
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(RedisServers.Configure(server.Port));
        await multiplexer.GetDatabase().StringSetAsync($"{_prefix}key", value + "value");
        await AssertMissAsync(backend);
        Assert.False(await backend.TouchAsync("key", null));
        Assert.Equal(0, await backend.ClearAsync());
        Assert.Equal("1", await server.AskAsync("exists", $"{_prefix}key"));
        Assert.Equal(SetOutcome.Stored, await backend.SetAsync("key", "ours"u8.ToArray(), new SetOptions { Condition = SetCondition.IfAbsent }));
    }

    [Fact]
    public async Task Key_WithMetadataThatIsNone_IsNoEntry()
    {
        var server = await servers.PlainAsync();
        await using var backend = await OpenAsync();
        await backend.SetAsync("key", "value"u8.ToArray(), new SetOptions { Metadata = new Dictionary<string, string> { ["name"] = "text" } });
        foreach (var broken in new[] { "X\"name\":\"text\"}", "{\"name\":12345}}" })
        {
            await server.AskAsync("setrange", $"{_prefix}key", "20", broken);
            Assert.Null(await backend.GetEntryAsync("key"));
        }
    }

    [Fact]
    public async Task DeleteManyAndClear_OfManyKinds_CountTheLiveOnes()
    {
        var server = await servers.PlainAsync();
        var clock = new ManualTimeProvider();
        await using var backend = await servers.OpenPlainAsync(new RedisBackendOptions { Prefix = _prefix, TimeProvider = clock });
        for (var round = 0; round < 2; round++)
        {
            await backend.SetManyAsync(Enumerable.Range(0, 100).Select(i => new SetRequest($"live {i}", "value"u8.ToArray())));
            await backend.SetManyAsync(Enumerable.Range(0, 50).Select(i => new SetRequest($"over {i}", "value"u8.ToArray(), new SetOptions { TimeToLive = TimeSpan.FromMilliseconds(1) })));
            for (var i = 0; i < 40; i++) await backend.DeleteAsync($"tombstone {i}", 5);
            await server.AskAsync("rpush", $"{_prefix}list", "element");
            clock.Advance(TimeSpan.FromMilliseconds(1));
            if (round == 0) Assert.Equal(100, await backend.DeleteManyAsync([.. Enumerable.Range(0, 100).SelectMany(i => new[] { $"live {i}", $"over {i}", $"none {i}" }), "list"]));
            else Assert.Equal(100, await backend.ClearAsync());
            Assert.Equal(41, (await server.AskAsync("keys", $"{_prefix}*")).Split('\n').Length);
            Assert.Equal(SetOutcome.Superseded, await backend.SetAsync("tombstone 0", "value"u8.ToArray(), SetOptions.IfNewer(5)));
        }
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

    private static async Task AssertMissAsync(RedisBackend backend)
    {
        Assert.Null(await backend.GetAsync("key"));
        Assert.Null(await backend.GetEntryAsync("key"));
        Assert.False(await backend.ExistsAsync("key"));
        Assert.Empty(await backend.GetManyAsync(["key", "other"]));
        Assert.Empty(await backend.ExistsManyAsync(["key", "other"]));
        Assert.Empty(await backend.KeysAsync().ToListAsync());
    }

    private async Task<RedisBackend> OpenAsync() => await servers.OpenPlainAsync(new RedisBackendOptions { Prefix = _prefix, TimeProvider = new ManualTimeProvider() });
}
