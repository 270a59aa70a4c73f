using Cistern.Servers;
using StackExchange.Redis;

namespace Cistern.Tests;

/// <summary>A watch for a server that comes back empty: it ends with its backend, whenever that is.</summary>
public sealed class WatchEndTests
{
    private const int Backends = 400;

    [Fact]
    public async Task Emptied_HandlerAddedAsTheBackendEnds_NobodyWatchesOn()
    {
        await using var server = await RedisServer.StartAsync();
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(RedisServers.Configure(server.Port));
        for (var i = 0; i < Backends; i++)
        {
            var backend = RedisBackend.Over(multiplexer, new RedisBackendOptions { Prefix = $"{i}:" });
            using var start = new Barrier(2);
            var adding = Task.Run(() =>
            {
                start.SignalAndWait();
                try
                {
                    backend.Emptied += (_, _) => { };
                }
                catch (ObjectDisposedException)
                {
                    // It had ended.
                }
            });
            start.SignalAndWait();
            await backend.DisposeAsync();
            await adding;
        }

        // What was on its way may still leave a mark; whoever watches on leaves another.
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        await server.AskAsync("flushall");
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        Assert.Equal("0", await server.AskAsync("dbsize"));
    }

    [Fact]
    public async Task Emptied_ClusterThatIsNotThereYet_IsWatchedAsOneWhenItIs()
    {
        await using var cluster = await RedisCluster.StartAsync();
        foreach (var master in cluster.Masters) await master.KillAsync();
        var configuration = RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]);
        configuration.AbortOnConnectFail = false;
        configuration.ConnectRetry = 1;
        configuration.ConnectTimeout = 500;
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
        await using var backend = RedisBackend.Over(multiplexer);
        var emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backend.Emptied += (_, _) => emptied.TrySetResult();
        foreach (var master in cluster.Masters) await master.StartAgainAsync();
        foreach (var master in cluster.Masters)
        {
            for (var i = 0; i < 200 && (await master.AskAsync("keys", "*mark")).Length == 0; i++) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            Assert.NotEmpty(await master.AskAsync("keys", "*mark"));
        }
    }
}
