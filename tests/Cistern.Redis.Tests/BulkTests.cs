using System.Text;
using Cistern.Servers;
using Cistern.Testing;
using StackExchange.Redis;

namespace Cistern.Tests;

/// <summary>Batches, which go over connections of our own: that they do the same as sets one by one, wherever the keys are.</summary>
public sealed class BulkTests(RedisServers servers) : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private ConnectionMultiplexer? _multiplexer;

    public void Dispose() => _multiplexer?.Dispose();

    [Theory]
    [InlineData("plain", 1)]
    [InlineData("plain", 2)]
    [InlineData("cluster", 3)]
    [InlineData("cluster", 4)]
    [InlineData("tls", 5)]
    [InlineData("password", 6)]
    public async Task SetMany_AtRandom_IsTheSameAsOneByOne(string kind, int seed)
    {
        var random = new Random(seed);
        await using var bulk = await OpenAsync(kind);
        await using var single = await OpenAsync(kind);
        for (var round = 0; round < 20; round++)
        {
            var requests = Enumerable.Range(0, random.Next(1, 400)).Select(_ => Request(random)).ToList();
            if (random.Next(2) == 0) requests = [.. requests.Select(request => request with { Options = request.Options! with { Condition = SetCondition.Always, Version = null } })];
            var outcomes = await bulk.SetManyAsync(requests);
            for (var i = 0; i < requests.Count; i++) Assert.Equal(await single.SetAsync(requests[i].Key, requests[i].Value, requests[i].Options), outcomes[i]);
            if (random.Next(3) == 0) await DeleteAsync(bulk, single, $"key {random.Next(60)}", random.Next(100));
            _clock.Advance(TimeSpan.FromMilliseconds(random.Next(40)));
        }

        await AssertSameAsync(bulk, single, 60);
    }

    [Theory]
    [InlineData("plain", 1, 0.05)]
    [InlineData("plain", 2, 0.5)]
    [InlineData("plain", 3, 0.95)]
    [InlineData("cluster", 4, 0.3)]
    [InlineData("multiplexer", 5, 0.3)]
    public async Task SetMany_LargeBatchWithConditions_IsTheSameAsOneByOne(string kind, int seed, double present)
    {
        const int keys = 1_500;
        var random = new Random(seed);
        await using var bulk = await OpenAsync(kind);
        await using var single = await OpenAsync(kind);
        var held = Enumerable.Range(0, keys).Where(_ => random.NextDouble() < present).Select(i => Request(random, i)).ToList();
        foreach (var backend in (RedisBackend[])[bulk, single]) await backend.SetManyAsync(held);
        foreach (var request in held.Where(_ => random.Next(4) == 0)) await DeleteAsync(bulk, single, request.Key, random.Next(100));
        _clock.Advance(TimeSpan.FromMilliseconds(40));
        var requests = Enumerable.Range(0, keys).Select(i => Request(random, i)).ToArray();
        random.Shuffle(requests);
        var outcomes = await bulk.SetManyAsync(requests);
        for (var i = 0; i < keys; i++) Assert.Equal(await single.SetAsync(requests[i].Key, requests[i].Value, requests[i].Options), outcomes[i]);
        await AssertSameAsync(bulk, single, keys);
    }

    private static async Task AssertSameAsync(RedisBackend bulk, RedisBackend single, int keys)
    {
        for (var i = 0; i < keys; i++)
        {
            var (left, right) = (await bulk.GetEntryAsync($"key {i}"), await single.GetEntryAsync($"key {i}"));
            Assert.Equal(right is null, left is null);
            if (right is null) continue;
            Assert.Equal(right.Value.ToArray(), left!.Value.ToArray());
            Assert.Equal(right.Metadata, left.Metadata);
            Assert.Equal((right.CreatedAt, right.ExpiresAt, right.AbsoluteExpiration, right.Version), (left.CreatedAt, left.ExpiresAt, left.AbsoluteExpiration, left.Version));
        }
    }

    [Fact]
    public async Task SetMany_ManyEntries_AreAllThere()
    {
        await using var backend = await OpenAsync("cluster");
        var requests = Enumerable.Range(0, 20_000).Select(i => new SetRequest($"key {i}", Encoding.UTF8.GetBytes($"value {i}"))).ToList();
        Assert.All(await backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        var found = await backend.GetManyAsync(requests.Select(request => request.Key));
        Assert.Equal(20_000, found.Count);
        Assert.All(requests, request => Assert.Equal(request.Value.ToArray(), found[request.Key]));
        Assert.Equal(20_000, await backend.ClearAsync());
    }

    [Fact]
    public async Task SetMany_LargeValuesAmongSmallOnes_AreAllThere()
    {
        await using var backend = await OpenAsync("plain");
        var requests = Enumerable.Range(0, 30).Select(i => new SetRequest($"key {i}", Enumerable.Repeat((byte)i, i % 7 == 0 ? 3_000_000 : 10).ToArray())).ToList();
        await backend.SetManyAsync(requests);
        foreach (var request in requests) Assert.Equal(request.Value.ToArray(), await backend.GetAsync(request.Key));
    }

    [Fact]
    public async Task SetMany_GoesOverAConnectionOfItsOwn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        Assert.DoesNotContain("cistern-bulk", await server.AskAsync("client", "list"), StringComparison.Ordinal);
        await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]);
        await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray(), SetOptions.IfNewer(1))]);
        Assert.Equal(2, (await server.AskAsync("client", "list")).Split("name=cistern-bulk").Length);
    }

    [Fact]
    public async Task SetMany_AfterTheServerForgotItsScripts_TellsItAgain()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        for (var version = 1; version < 4; version++)
        {
            await server.AskAsync("script", "flush");
            Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray(), SetOptions.IfNewer(version))]));
            await server.AskAsync("script", "flush");
            Assert.Equal(SetOutcome.AlreadyCurrent, await backend.SetAsync("key", "value"u8.ToArray(), SetOptions.IfNewer(version)));
        }
    }

    [Fact]
    public async Task SetMany_OverAMultiplexerThatTrustsByItsOwnCallback_GoesByTheMultiplexer()
    {
        await using var backend = await OpenAsync("multiplexer");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal([SetOutcome.Stored, SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("a", "1"u8.ToArray()), new SetRequest("b", "2"u8.ToArray())]));
            Assert.Equal("2", await backend.GetStringAsync("b"));
        }
    }

    [Fact]
    public async Task SetMany_UserWhoMayNotWriteSeveralAtOnce_WritesEachByItself()
    {
        await using var server = await RedisServer.StartAsync();
        await server.AskAsync("acl", "setuser", "default", "-mset");
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        var requests = Enumerable.Range(0, 500).Select(i => new SetRequest($"key {i}", Encoding.UTF8.GetBytes($"value {i}"))).ToList();
        Assert.All(await backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        var found = await backend.GetManyAsync(requests.Select(request => request.Key));
        Assert.All(requests, request => Assert.Equal(request.Value.ToArray(), found[request.Key]));
    }

    [Fact]
    public async Task SetMany_UserWhoMayWriteSomeKeys_SaysHowManyAreRefusedAndWritesTheOthers()
    {
        await using var server = await RedisServer.StartAsync();
        await server.AskAsync("acl", "setuser", "default", "resetkeys", "~own*", "%R~*");
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        var requests = Enumerable.Range(0, 100).Select(i => new SetRequest(i % 25 == 0 ? $"other {i}" : $"own {i}", "value"u8.ToArray())).ToList();
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync(requests));
        Assert.Contains("4 of the keys were refused, the first of them \"other 0\", \"other 25\", \"other 50\"", fault.Message, StringComparison.Ordinal);
        Assert.Equal("96", await server.AskAsync("dbsize"));
    }

    [Fact]
    public async Task SetMany_ServerKilledBetweenBatches_ConnectsAgain()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        var requests = Enumerable.Range(0, 100).Select(i => new SetRequest($"key {i}", "value"u8.ToArray())).ToList();
        for (var round = 0; round < 3; round++)
        {
            await backend.SetManyAsync(requests);
            Assert.Equal("100", await server.AskAsync("dbsize"));
            await server.KillAsync();
            await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync(requests));
            await server.StartAgainAsync();
        }

        await backend.SetManyAsync(requests);
    }

    [Fact]
    public async Task SetMany_ConnectionCutInTheMidst_IsSentAgainAndCountedOnce()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(proxy.Port));
        var requests = Enumerable.Range(0, 5_000).Select(i => new SetRequest($"key {i}", Encoding.UTF8.GetBytes($"value {i}"))).ToList();
        for (var bytes = 1; bytes < 20_000; bytes = 3 * bytes + 1)
        {
            proxy.CutAfter(bytes);
            Assert.All(await backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        }

        Assert.Equal("5000", await server.AskAsync("dbsize"));
    }

    [Fact]
    public async Task SetManyIfAbsent_ConnectionCutInTheMidst_SaysSo()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(proxy.Port));
        SetRequest Request(int i) => new($"key {i}", "value"u8.ToArray(), new SetOptions { Condition = SetCondition.IfAbsent });
        await backend.SetManyAsync([Request(-1)]);
        proxy.CutAfter(100);
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync(Enumerable.Range(0, 5_000).Select(Request)));
        Assert.Contains("of the keys were refused", fault.Message, StringComparison.Ordinal);
    }

    private async Task<RedisBackend> OpenAsync(string kind)
    {
        var options = new RedisBackendOptions { Prefix = $"{Guid.NewGuid():n}:", TimeProvider = _clock };
        return kind switch
        {
            "cluster" => await servers.OpenClusterAsync(options),
            "tls" => await servers.OpenWithTlsAsync(options),
            "password" => await servers.OpenWithPasswordAsync(options),
            "multiplexer" => RedisBackend.Over(await MultiplexerAsync(), options),
            _ => await servers.OpenPlainAsync(options),
        };
    }

    // What its callback trusts, nobody else does: it alone is let in.
    private async Task<ConnectionMultiplexer> MultiplexerAsync()
    {
        if (_multiplexer is not null) return _multiplexer;
        var (server, certificate) = await servers.TlsAsync();
        var configuration = RedisServers.Configure(server.Port);
        configuration.Ssl = true;
        configuration.SslHost = Loopback.Host;
        configuration.CertificateValidation += (_, presented, _, _) => Trust.IsSignedBy(presented, certificate.Authority);
        return _multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
    }

    private static SetRequest Request(Random random) => Request(random, random.Next(60));

    private static SetRequest Request(Random random, int key)
    {
        var condition = (SetCondition)random.Next(3);
        var metadata = random.Next(5) == 0 ? new Dictionary<string, string> { ["n"] = $"{random.Next(9)}" } : null;
        return new SetRequest($"key {key}", Encoding.UTF8.GetBytes(new string('x', random.Next(50))), new SetOptions
        {
            Condition = condition,
            Version = condition == SetCondition.IfNewer ? random.Next(100) : null,
            TimeToLive = random.Next(3) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 100)) : null,
            Metadata = metadata,
        });
    }

    private static async Task DeleteAsync(RedisBackend bulk, RedisBackend single, string key, long version) =>
        Assert.Equal(await single.DeleteAsync(key, version), await bulk.DeleteAsync(key, version));
}
