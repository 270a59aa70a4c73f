using System.Net;
using System.Net.Sockets;
using System.Text;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>What servers and networks do: every call ends in time, nothing that is read is wrong, and a server that is back is used again.</summary>
public sealed class ServerFaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCall = Timeout * 1.1;
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private static readonly RedisBackendOptions Options = new() { Timeout = Timeout };

    [Fact]
    public async Task Server_KilledAndStartedAgain_IsUsedAgainWithinASecond()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options);
        var load = new LoadUnderFaults(backend);
        await load.RunThroughKillsAsync(server, output.WriteLine, Moment, TimeSpan.Zero, Moment, 2 * Moment);
        Assert.InRange(load.Longest, TimeSpan.Zero, LongestCall);
    }

    [Fact]
    public async Task Server_Hung_EveryCallEndsInTime()
    {
        await using var server = await RedisServer.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options);
        var load = new LoadUnderFaults(backend);
        await load.RunAsync(async () =>
        {
            await Wait(Moment);
            server.Process.Hang();
            await Wait(Timeout * 2.5);
            server.Process.GoOn();
            Assert.InRange(await load.WaitForEverybodyAsync(2 * Back), TimeSpan.Zero, Back);
        });
        output.WriteLine(load.ToString());
        Assert.InRange(load.Longest, TimeSpan.Zero, LongestCall);
        Assert.True(load.Failures > 0);
    }

    [Fact]
    public async Task Connection_HalfOpen_IsGivenUpForANewOne()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(proxy.Port), Options);
        var load = new LoadUnderFaults(backend);
        await load.RunAsync(async () =>
        {
            await Wait(Moment);
            proxy.IsSilent = true;
            await Wait(Timeout * 2.5);
            proxy.IsSilent = false;

            // What was lost stays lost: the connections of before cannot be used.
            var back = await load.WaitForEverybodyAsync(TimeSpan.FromSeconds(20));
            output.WriteLine($"back after {back.TotalMilliseconds:f0} ms");
            Assert.InRange(back, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        });
        output.WriteLine(load.ToString());
        Assert.InRange(load.Longest, TimeSpan.Zero, LongestCall);
    }

    [Fact]
    public async Task Connection_CutInTheMidstOfAnswers_NothingWrongIsRead()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(proxy.Port), Options);
        var load = new LoadUnderFaults(backend);
        await load.RunAsync(async () =>
        {
            for (var round = 0; round < 5; round++)
            {
                await Wait(Moment);
                proxy.CutAfter(1 + 37 * round);
                await Wait(Moment);
                Assert.InRange(await load.WaitForEverybodyAsync(3 * Back), TimeSpan.Zero, 2 * Back);
            }
        });
        output.WriteLine(load.ToString());
        Assert.InRange(load.Longest, TimeSpan.Zero, LongestCall);
    }

    [Fact]
    public async Task Server_Slow_IsWaitedForWithinTheTimeout()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(proxy.Port), Options);
        proxy.Delay = Timeout / 4;
        Assert.Equal(SetOutcome.Stored, await backend.SetAsync("key", "value"u8.ToArray()));
        Assert.Equal("value", await backend.GetStringAsync("key"));
        proxy.Delay = Timeout * 2;
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.GetAsync("key"));
        Assert.IsType<TimeoutException>(fault.InnerException);
    }

    [Fact]
    public async Task Server_WithAnotherPassword_IsSaidWithoutIt()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Password = "right" });
        var configuration = RedisServers.Configure(server.Port);
        configuration.Password = "wrong-secret";
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await RedisBackend.OpenAsync(configuration, Options));
        Assert.Contains("password", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", fault.ToString(), StringComparison.Ordinal);
        configuration.Password = null;
        fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await RedisBackend.OpenAsync(configuration, Options));
        Assert.Contains("password", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithACertificateWhoseTimeIsOver_IsRefused()
    {
        using var certificate = ServerCertificate.CreateExpired();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Certificate = certificate });
        var schemes = new BackendSchemes(RedisScheme.TlsInstance);
        var address = BackendAddress.Parse($"rediss://{Loopback.Host}:{server.Port}?ca={Uri.EscapeDataString(certificate.AuthorityPath)}&timeout=3s");
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await schemes.OpenAsync(address));
        Assert.Contains("certificate is not trusted", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_OfSomethingElse_IsNoServer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var talking = TalkAsync(listener);
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await RedisBackend.OpenAsync(RedisServers.Configure(((IPEndPoint)listener.LocalEndpoint).Port), Options));
        Assert.Contains("no answer of a Redis server", fault.Message, StringComparison.Ordinal);
        listener.Stop();
        await talking;
    }

    [Fact]
    public async Task Server_ThatIsFull_FailsTheWritesAndGoesOnReading()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Directives = ["maxmemory 4mb", "maxmemory-policy noeviction"] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port), Options);
        Assert.Equal(SetOutcome.Stored, await backend.SetAsync("key", "value"u8.ToArray()));
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () =>
        {
            for (var i = 0; i < 100; i++) await backend.SetAsync($"{i}", new byte[100_000]);
        });
        Assert.Contains("OOM", fault.Message, StringComparison.Ordinal);
        var before = (await backend.GetStatsAsync()).Sets;
        var batch = Enumerable.Range(0, 100).Select(i => new SetRequest($"batch {i}", new byte[100_000]));
        fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync(batch));
        Assert.Contains("\"batch ", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await backend.GetStatsAsync()).Sets);
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    private static Task Wait(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    private static async Task TalkAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
                await Wait(Moment);
            }
        }
        catch (Exception fault) when (fault is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener has ended, or the client.
        }
    }
}
