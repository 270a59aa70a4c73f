using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>A server whose entries are gone: whoever wants to know is told.</summary>
public sealed class EmptiedTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task Server_ThatComesBackEmpty_IsNoticed()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        var emptied = await WatchAsync(backend, server);
        await server.KillAsync();
        await server.StartAgainAsync();
        await emptied.Task.WaitAsync(Soon, TimeProvider.System);
    }

    [Fact]
    public async Task Server_ThatSomebodyFlushes_IsNoticedEachTime()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), new RedisBackendOptions { Prefix = "app:" });
        for (var round = 0; round < 2; round++)
        {
            var emptied = await WatchAsync(backend, server);
            await server.AskAsync("flushall");
            await emptied.Task.WaitAsync(Soon, TimeProvider.System);
        }
    }

    [Fact]
    public async Task Server_ThatComesBackWithItsEntries_IsNot()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Directives = ["appendonly yes", "appendfsync always"] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        var emptied = await WatchAsync(backend, server);
        Assert.Equal(SetOutcome.Stored, await backend.SetAsync("key", "value"u8.ToArray()));
        await server.KillAsync();
        await server.StartAgainAsync();
        await Task.Delay(LongEnough, TimeProvider.System);
        Assert.Equal("value", await backend.GetStringAsync("key"));

        // Neither is a clear of its own, which somebody asked for.
        Assert.Equal(1, await backend.ClearAsync());
        await Task.Delay(LongEnough, TimeProvider.System);
        Assert.False(emptied.Task.IsCompleted);
    }

    [Fact]
    public async Task Cluster_OneMasterOfWhichIsEmptied_IsNoticed()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]));
        foreach (var master in cluster.Masters)
        {
            var emptied = await WatchAsync(backend, master);
            await master.AskAsync("flushall");
            await emptied.Task.WaitAsync(Soon, TimeProvider.System);
        }
    }

    [Fact]
    public async Task Backend_ThatNobodyWatches_LeavesNoMark()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port));
        await backend.GetAsync("key");
        Assert.Equal("0", await server.AskAsync("dbsize"));
        await WatchAsync(backend, server);
        Assert.Empty(await backend.KeysAsync().ToListAsync());
    }

    // From when the marks are there: before, there was nothing that could be lost.
    private static async Task<TaskCompletionSource> WatchAsync(RedisBackend backend, RedisServer server)
    {
        var emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        backend.Emptied += (_, _) => emptied.TrySetResult();
        for (var i = 0; i < 100 && (await server.AskAsync("keys", "*mark")).Length == 0; i++) await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        return emptied;
    }
}
