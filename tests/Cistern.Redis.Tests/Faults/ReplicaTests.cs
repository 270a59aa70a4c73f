using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>A master that somebody makes a replica: it takes no writes, and says so.</summary>
public sealed class ReplicaTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Writes_MasterThatBecameAReplica_SaySoInTime()
    {
        await using var server = await RedisServer.StartAsync();
        await using var other = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), new RedisBackendOptions { Timeout = Timeout });
        await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]);
        await server.AskAsync("replicaof", Loopback.Host, $"{other.Port}");
        foreach (var options in new[] { new SetOptions(), SetOptions.IfNewer(1) })
        {
            var began = TimeProvider.System.GetTimestamp();
            var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync([new SetRequest("key", "other"u8.ToArray(), options)]));
            Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, 1.2 * Timeout);
            Assert.Contains("READONLY", fault.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetAsync("key", "other"u8.ToArray(), options));
        }

        await server.AskAsync("replicaof", "no", "one");
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "other"u8.ToArray())]));
        var ended = TimeProvider.System.GetTimestamp();
        while (await Record.ExceptionAsync(async () => await backend.SetAsync("key", "value"u8.ToArray())) is not null)
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(ended), TimeSpan.Zero, 3 * Timeout);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    [Fact]
    public async Task Writes_RolesChanged_GoToTheNewMaster()
    {
        await using var first = await RedisServer.StartAsync();
        await using var second = await RedisServer.StartAsync();
        await second.AskAsync("replicaof", Loopback.Host, $"{first.Port}");
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(first.Port, second.Port));
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "value"u8.ToArray())]));
        await second.AskAsync("replicaof", "no", "one");
        await first.AskAsync("replicaof", Loopback.Host, $"{second.Port}");
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync([new SetRequest("key", "after"u8.ToArray())]));
        Assert.Equal("after", await backend.GetStringAsync("key"));
        Assert.Contains("after", await second.AskAsync("get", "key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_UnknownToASlowServer_HasOneTimeoutForBothTries()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(proxy.Port), new RedisBackendOptions { Timeout = Timeout });
        await backend.GetAsync("key");
        proxy.Delay = 0.7 * Timeout;
        var began = TimeProvider.System.GetTimestamp();
        var fault = await Record.ExceptionAsync(async () => await backend.SetAsync("key", "value"u8.ToArray(), SetOptions.IfNewer(1)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, 1.2 * Timeout);
        Assert.IsType<TimeoutException>(Assert.IsType<CacheBackendException>(fault).InnerException);
    }
}
