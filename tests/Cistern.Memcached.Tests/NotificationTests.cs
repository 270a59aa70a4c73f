using System.Diagnostics;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>When <see cref="CacheBackend.Emptied"/> is raised, and what its handlers may do: anything, also take their time and call the backend.</summary>
public sealed class NotificationTests
{
    [Fact]
    public async Task Emptied_HandlerThatCallsTheBackendAndTakesItsTime_HoldsNobodyUp()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(3), Connections = 1 });
        var (released, handled) = (new TaskCompletionSource(), new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously));
        backend.Emptied += (_, _) =>
        {
            // Synchronously, as handlers do.
            backend.SetStringAsync("refilled", "value").AsTask().GetAwaiter().GetResult();
            var read = backend.GetStringAsync("refilled").AsTask().GetAwaiter().GetResult();
            handled.TrySetResult(released.Task.Wait(TimeSpan.FromSeconds(10)) ? read : "held somebody up");
        };
        await server.KillAsync();
        await server.StartAgainAsync();
        var began = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => !await backend.ExistsAsync("key"));
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
        Assert.Equal(1, backend.ServerRestarts);
        Assert.False(handled.Task.IsCompleted);
        released.SetResult();
        Assert.Equal("value", await handled.Task);
    }

    [Fact]
    public async Task Emptied_ServerWhoseStatisticsWereReset_IsNotTold()
    {
        await using var server = await MemcachedServer.StartAsync();
        for (var i = 0; i < 10; i++) await RawTalk.AskAsync(server, "");
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)]);
        await backend.SetStringAsync("key", "value");
        Assert.Equal("RESET\r\n", await RawTalk.AskAsync(server, "stats reset\r\n"));

        // A batch, for which a connection is made now.
        Assert.Single(await backend.GetManyAsync(["key"]));
        Assert.Equal(0, backend.ServerRestarts);
    }
}
