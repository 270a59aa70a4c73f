using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>The multiplexers that take the place of others: never many at once, and none is left behind.</summary>
public sealed class RenewalTests(ITestOutputHelper output)
{
    // One multiplexer has two connections: the one in use, the one before it, and one that is being made.
    private const int MostConnections = 6;
    private const int ConnectionsOfOne = 2;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static readonly RedisBackendOptions Options = new() { Timeout = TimeSpan.FromMilliseconds(500) };

    [Fact]
    public async Task Connections_NetworkThatForgets_AreFewAllTheTime()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(proxy.Port), Options);
        await backend.GetAsync("key");
        proxy.IsSilent = true;
        var most = 0;
        for (var i = 0; i < 10; i++)
        {
            await Record.ExceptionAsync(async () => await backend.GetAsync("key"));
            most = Math.Max(most, await CountAsync(server));
        }

        output.WriteLine($"{most} connections at once, {proxy.Connections} in all");
        Assert.InRange(most, 0, MostConnections);
        proxy.IsSilent = false;
        await WaitAsync(async () => await Record.ExceptionAsync(async () => await backend.GetAsync("key")) is null);
        await WaitAsync(async () => await CountAsync(server) <= ConnectionsOfOne);
        Assert.Null(await backend.GetAsync("key"));
    }

    [Fact]
    public async Task Connections_ServerKilledAgainAndAgain_AreThoseOfOneMultiplexer()
    {
        await using var server = await RedisServer.StartAsync();
        await using (var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options))
        {
            for (var round = 0; round < 4; round++)
            {
                await server.KillAsync();
                for (var i = 0; i < 20; i++)
                {
                    await Record.ExceptionAsync(async () => await backend.GetAsync("key"));
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                }

                await server.StartAgainAsync();
                await WaitAsync(async () => await Record.ExceptionAsync(async () => await backend.GetAsync("key")) is null);
            }

            await WaitAsync(async () => await CountAsync(server) <= ConnectionsOfOne);
            Assert.Null(await backend.GetAsync("key"));
        }

        await WaitAsync(async () => await CountAsync(server) == 0);
    }

    [Fact]
    public async Task Connections_OfAnOpeningThatFailed_AreNoneSoon()
    {
        await using var server = await RedisServer.StartAsync();
        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<CacheBackendException>(async () => await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options with { Database = 99 }));
        await WaitAsync(async () => await CountAsync(server) == 0);
    }

    private static async Task WaitAsync(Func<Task<bool>> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Soon);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    // But for the one that asks.
    private static async Task<int> CountAsync(RedisServer server) => (await server.AskAsync("client", "list")).Split('\n').Length - 1;
}
