using System.Globalization;
using System.Text;
using Cistern.Servers;
using StackExchange.Redis;

namespace Cistern.Tests;

/// <summary>Servers that do not let a batch's connections in: what was written is not written twice, and the connections are tried again later.</summary>
public sealed class BulkRefusalTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task SetManyIfAbsent_OneMasterRefusesNewConnections_LosesToNobody()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]));
        await backend.GetAsync("key");
        await FillAsync(cluster.Masters[1]);
        var requests = Enumerable.Range(0, 3_000).Select(i => new SetRequest($"key {i}", Encoding.UTF8.GetBytes($"value {i}"), new SetOptions { Condition = SetCondition.IfAbsent })).ToList();
        Assert.All(await backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.Equal(requests.Count, (await backend.GetManyAsync(requests.Select(request => request.Key))).Count);
    }

    [Fact]
    public async Task SetMany_ServerHadNoRoomForAWhile_GoesOverConnectionsOfItsOwnAgain()
    {
        await using var server = await RedisServer.StartAsync();
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(RedisServers.Configure(server.Port));
        await using var backend = RedisBackend.Over(multiplexer);
        await backend.GetAsync("key");
        await FillAsync(server);
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
        await multiplexer.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxclients", "1000");
        await AssertOwnConnectionAsync(backend, server);
    }

    [Fact]
    public async Task SetMany_PasswordChangedForAWhile_GoesOverConnectionsOfItsOwnAgain()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]);
        await server.AskAsync("config", "set", "requirepass", "other");
        await server.AskAsync("-a", "other", "client", "kill", "id", await OwnConnectionAsync(server, "-a", "other"));
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
        await server.AskAsync("-a", "other", "config", "set", "requirepass", "");
        await AssertOwnConnectionAsync(backend, server);
    }

    // As many clients as it has: the next one is refused.
    private static async Task FillAsync(RedisServer server)
    {
        var figures = (await server.AskAsync("info", "clients")).Split("\r\n").Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line.Split(':')).ToDictionary(parts => parts[0], parts => parts[1].Trim());
        var most = int.Parse(figures["connected_clients"], CultureInfo.InvariantCulture) - 1 + int.Parse(figures["cluster_connections"], CultureInfo.InvariantCulture);
        Assert.Equal("OK", await server.AskAsync("config", "set", "maxclients", $"{most}"));
        Assert.Contains("max number of clients", await server.AskAsync("ping"), StringComparison.Ordinal);
    }

    private static async Task AssertOwnConnectionAsync(RedisBackend backend, RedisServer server)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await OwnConnectionAsync(server)).Length == 0)
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Soon);
            Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    // The id of the connection that a batch left open; empty: there is none.
    private static async Task<string> OwnConnectionAsync(RedisServer server, params string[] login) =>
        (await server.AskAsync([.. login, "client", "list"])).Split('\n').FirstOrDefault(line => line.Contains("name=cistern-bulk", StringComparison.Ordinal))?.Split(' ').First(word => word.StartsWith("id=", StringComparison.Ordinal))["id=".Length..] ?? "";
}
