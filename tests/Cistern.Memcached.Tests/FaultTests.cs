using System.Diagnostics;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Servers that die, hang, come back; networks that lose things. Every test has servers of its own.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    // A tenth more than the timeout, and what a busy machine of tests takes to notice.
    private static readonly TimeSpan LongestCall = Timeout * 1.1 + TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task Server_KilledAndStartedAgainUnderLoad_NoWrongValueAndBackWithinASecond()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var backend = await OpenAsync(server.Port);
        var load = new LoadUnderFaults(backend);
        var down = TimeSpan.FromMilliseconds(300);
        await load.RunThroughKillsAsync(server, output.WriteLine, TimeSpan.FromMilliseconds(200), down, down, down);
        Assert.True(load.Failures > 0, "Nobody noticed that the server was gone.");
        Assert.True(load.Hits > 100, "Nothing was read.");
        Assert.InRange(load.Longest, TimeSpan.Zero, LongestCall);
        Assert.Equal(3, backend.ServerRestarts);
    }

    [Fact]
    public async Task Server_Hung_EveryCallEndsInTimeAndGoesOnAfterwards()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var backend = await OpenAsync(server.Port);
        await backend.SetStringAsync("key", "value");
        await HangAsync(server);
        for (var round = 0; round < 3; round++)
        {
            await AssertFaultInTimeAsync(async () => await backend.GetAsync("key"));
            await AssertFaultInTimeAsync(async () => await backend.SetStringAsync("key", "value"));
            await AssertFaultInTimeAsync(async () => await backend.SetAsync("key", new byte[1], SetOptions.IfNewer(1)));
            await AssertFaultInTimeAsync(async () => await backend.DeleteAsync("key"));
            await AssertFaultInTimeAsync(async () => await backend.GetManyAsync(["key", "other"]));
            await AssertFaultInTimeAsync(async () => await backend.SetManyAsync([new SetRequest("key", new byte[1])]));
        }

        await AssertFaultInTimeAsync(async () => await backend.ClearAsync());
        server.Process.GoOn();
        await AssertBackAsync(backend, server);
        Assert.Equal(0, backend.ServerRestarts);
    }

    [Fact]
    public async Task Connection_HalfOpen_EveryCallEndsInTimeAndGoesOnAfterwards()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await OpenAsync(proxy.Port);
        await backend.SetStringAsync("key", "value");
        proxy.IsSilent = true;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AssertFaultInTimeAsync(async () => await backend.GetAsync("key"))));
        proxy.IsSilent = false;
        await AssertBackAsync(backend, server);
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    [Fact]
    public async Task Connection_CutInTheMidstOfAnAnswer_IsAFaultAndNeverHalfAValue()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await OpenAsync(proxy.Port, connections: 1);
        var value = Value("key", 3_000);
        await backend.SetAsync("key", value);
        var faults = 0;
        for (var bytes = 0; bytes < 3_050; bytes += 61)
        {
            await AssertBackAsync(backend, server);
            proxy.CutAfter(bytes);
            try
            {
                Assert.Equal(value, await backend.GetAsync("key"));
            }
            catch (CacheBackendException)
            {
                faults++;
            }
        }

        Assert.InRange(faults, 40, 50);
    }

    [Fact]
    public async Task Server_OneOfThreeDead_ItsKeysFailAndTheOthersGoOn()
    {
        await using var first = await MemcachedServer.StartAsync();
        await using var second = await MemcachedServer.StartAsync();
        await using var third = await MemcachedServer.StartAsync();
        MemcachedServer[] servers = [first, second, third];
        await using var backend = await MemcachedBackend.OpenAsync(servers.Select(SharedServers.AddressOf), new MemcachedBackendOptions { Timeout = Timeout });
        var ring = new KetamaRing([.. servers.Select(server => new ServerAddress(Loopback.Host, server.Port))]);
        for (var i = 0; i < 300; i++) await backend.SetStringAsync($"key{i}", "value");
        await second.KillAsync();
        var (live, failed) = (0, 0);
        for (var i = 0; i < 300; i++)
        {
            if (ring.Find(System.Text.Encoding.ASCII.GetBytes($"key{i}")) == 1)
            {
                failed++;
                await AssertFaultInTimeAsync(async () => await backend.GetAsync($"key{i}"));
            }
            else
            {
                live++;
                Assert.Equal("value", await backend.GetStringAsync($"key{i}"));
            }
        }

        Assert.True(live > 100 && failed > 30);
        await AssertFaultInTimeAsync(async () => await backend.GetManyAsync(Enumerable.Range(0, 300).Select(i => $"key{i}")));

        // Whoever opens now is served, too, for the keys of those that are there; and for the others' once it is back.
        await using var late = await MemcachedBackend.OpenAsync(servers.Select(SharedServers.AddressOf), new MemcachedBackendOptions { Timeout = Timeout });
        await second.StartAgainAsync();
        await AssertBackAsync(backend, second);
        var began = Stopwatch.GetTimestamp();
        while (await TryCountAsync(late) != live && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5)) await Task.Yield();
        Assert.Equal(live, await TryCountAsync(late));
        Assert.Equal(1, backend.ServerRestarts);
    }

    [Fact]
    public async Task Server_ThatClosesNewConnections_IsAwayLikeOneThatIsDead()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var other = await MemcachedServer.StartAsync();
        await using var proxy = new FaultyProxy(other.Port) { IsRefusing = true };
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server), $"127.0.0.1:{proxy.Port}"], new MemcachedBackendOptions { Timeout = Timeout });
        var faults = 0;
        for (var i = 0; i < 50; i++) faults += await Record.ExceptionAsync(() => backend.SetStringAsync($"key{i}", "value").AsTask()) is CacheBackendException ? 1 : 0;
        Assert.InRange(faults, 1, 49);
        proxy.IsRefusing = false;
        await AssertBackAsync(backend, other);
    }

    [Fact]
    public async Task Server_StartedAnew_IsTold()
    {
        await using var server = await MemcachedServer.StartAsync();
        var told = new TaskCompletionSource();
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)]);
        backend.Emptied += (_, _) => told.SetResult();
        await backend.SetStringAsync("key", "value");
        Assert.Equal(0, backend.ServerRestarts);
        await server.KillAsync();
        await server.StartAgainAsync();
        await AssertBackAsync(backend, server);
        Assert.Null(await backend.GetAsync("key"));
        await told.Task;
        Assert.Equal(1, backend.ServerRestarts);
    }

    [Fact]
    public async Task Call_Cancelled_EndsAtOnceAndTheConnectionGoesOn()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(30), Connections = 1 });
        await backend.SetStringAsync("key", "value");
        await HangAsync(server);
        using var cancellation = new CancellationTokenSource();
        var cancelled = backend.GetAsync("key", cancellation.Token).AsTask();
        var waiting = backend.GetStringAsync("key").AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        server.Process.GoOn();
        Assert.Equal("value", await waiting);
    }

    [Fact]
    public async Task Backend_DisposedWhileACallWaits_EndsTheCall()
    {
        await using var server = await MemcachedServer.StartAsync();
        var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(30) });
        await HangAsync(server);
        var waiting = backend.GetAsync("key").AsTask();
        backend.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System));
        server.Process.GoOn();
    }

    private static async Task<MemcachedBackend> OpenAsync(int port, int connections = 2) =>
        await MemcachedBackend.OpenAsync([$"{Loopback.Host}:{port}"], new MemcachedBackendOptions { Timeout = Timeout, ConnectTimeout = Timeout, Connections = connections });

    // Its threads stop one after another.
    private static async Task HangAsync(MemcachedServer server)
    {
        server.Process.Hang();
        while (Directory.GetDirectories($"/proc/{server.Process.Id}/task").Any(task => !File.ReadAllText(Path.Combine(task, "stat")).Contains(") T ", StringComparison.Ordinal))) await Task.Yield();
    }

    private static async Task<int> TryCountAsync(CacheBackend backend)
    {
        try { return (await backend.GetManyAsync(Enumerable.Range(0, 300).Select(i => $"key{i}"))).Count; }
        catch (CacheBackendException) { return -1; }
    }

    private static async Task AssertFaultInTimeAsync(Func<Task> call)
    {
        var began = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<CacheBackendException>(call);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, LongestCall);
    }

    private static async Task AssertBackAsync(CacheBackend backend, MemcachedServer server)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; ; i++)
        {
            try
            {
                // Of several servers, all.
                for (var key = 0; key < 20; key++) await backend.ExistsAsync($"probe{key}");
                return;
            }
            catch (CacheBackendException fault) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1))
            {
                Assert.NotEmpty(fault.Message);
                Assert.True(server.Process.Id > 0);
                await Task.Yield();
            }
        }
    }

    private static byte[] Value(string key, int length) => System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(key + ";", length / (key.Length + 1) + 1)));

    private static int Check(string key, byte[] value)
    {
        var text = System.Text.Encoding.ASCII.GetString(value);
        Assert.True(text.Length % (key.Length + 1) == 0 && text.Replace(key + ";", "", StringComparison.Ordinal).Length == 0, "A wrong value.");
        return 1;
    }
}
