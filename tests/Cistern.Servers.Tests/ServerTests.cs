using System.Net.Sockets;
using System.Text;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>The servers that the tests of backends start: that they start, end, come back, and leave nothing.</summary>
public sealed class ServerTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Redis_KilledAndStartedAgain_IsEmptyOnTheSamePort()
    {
        await using var server = await RedisServer.StartAsync();
        Assert.Equal("OK", await server.AskAsync("set", "key", "ünï"));
        Assert.Equal("ünï", await server.AskAsync("get", "key"));
        var port = server.Port;
        await server.KillAsync();
        Assert.False(await Loopback.IsListeningAsync(port, CancellationToken.None));
        await server.StartAgainAsync();
        Assert.Equal("0", await server.AskAsync("dbsize"));
    }

    [Fact]
    public async Task Redis_WithAPassword_AsksForIt()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Password = "secret" });
        Assert.Equal("PONG", await server.AskAsync("ping"));
        Assert.StartsWith("-NOAUTH", await TalkAsync(server.Port, "PING\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_WithTls_SpeaksNothingElse()
    {
        using var certificate = ServerCertificate.Create();
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Certificate = certificate });
        Assert.Equal("PONG", await server.AskAsync("ping"));
        Assert.DoesNotContain("PONG", await TalkAsync(server.Port, "PING\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedisCluster_ThreeMastersWithReplicas_IsWhole()
    {
        await using var cluster = await RedisCluster.StartAsync(hasReplicas: true);
        foreach (var server in cluster.Servers) Assert.Contains("cluster_slots_ok:16384", await server.AskAsync("cluster", "info"), StringComparison.Ordinal);
        foreach (var replica in cluster.Replicas) Assert.Contains("role:slave", await replica.AskAsync("info", "replication"), StringComparison.Ordinal);
        var nodes = await cluster.Masters[0].AskAsync("cluster", "nodes");
        Assert.Equal(3, nodes.Split('\n').Count(line => line.Contains("slave", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Memcached_KilledAndStartedAgain_IsEmpty()
    {
        await using var server = await MemcachedServer.StartAsync();
        Assert.Equal("HD\r\n", await TalkAsync(server.Port, "ms key 2\r\nhi\r\n"));
        Assert.Equal("VA 2\r\nhi\r\n", await TalkAsync(server.Port, "mg key v\r\n"));
        await server.KillAsync();
        await server.StartAgainAsync();
        Assert.Equal("EN\r\n", await TalkAsync(server.Port, "mg key v\r\n"));
    }

    [Fact]
    public async Task PostgreSql_KilledAndStartedAgain_IsThere()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        Assert.True(await Loopback.IsListeningAsync(server.Port, CancellationToken.None));
        await server.KillAsync();
        Assert.False(await Loopback.IsListeningAsync(server.Port, CancellationToken.None));
        await server.StartAgainAsync();
        Assert.True(await Loopback.IsListeningAsync(server.Port, CancellationToken.None));
    }

    [Fact]
    public async Task Server_Hung_AnswersWhenItGoesOn()
    {
        await using var server = await MemcachedServer.StartAsync();
        server.Process.Hang();
        var answer = TalkAsync(server.Port, "mn\r\n");
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(Moment, TimeProvider.System));
        server.Process.GoOn();
        Assert.Equal("MN\r\n", await answer);
    }

    [Fact]
    public async Task Server_ItsFolder_GoesWithIt()
    {
        using var certificate = ServerCertificate.Create();
        var folder = Path.GetDirectoryName(certificate.AuthorityPath)!;
        Assert.True(Directory.Exists(folder));
        certificate.Dispose();
        Assert.False(Directory.Exists(folder));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Server_ThatCannotStart_SaysWhy()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisServer.StartAsync(new RedisServerOptions { Directives = ["no-such-directive 1"] }));
        Assert.Contains("no-such-directive", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_CutInTheMidstOfAnAnswer_PassesTheBytesBefore()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port);
        Assert.Equal("MN\r\n", await TalkAsync(proxy.Port, "mn\r\n"));
        proxy.CutAfter(2);
        Assert.Equal("MN", await TalkAsync(proxy.Port, "mn\r\n"));
        Assert.Equal("MN\r\n", await TalkAsync(proxy.Port, "mn\r\n"));
        proxy.IsRefusing = true;
        Assert.Equal("", await TalkAsync(proxy.Port, "mn\r\n"));
        Assert.Equal(3, proxy.Connections);
    }

    [Fact]
    public async Task Proxy_Silent_LosesWhatIsSent()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var proxy = new FaultyProxy(server.Port) { IsSilent = true };
        var answer = TalkAsync(proxy.Port, "mn\r\n");
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(Moment, TimeProvider.System));
        proxy.Cut();
        Assert.Equal("", await answer);
    }

    // What comes back until the answer is a line, or the connection ends.
    private static async Task<string> TalkAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Loopback.Host, port);
        var stream = client.GetStream();
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
            do
            {
                var length = await stream.ReadAsync(buffer);
                if (length == 0) break;
                answer.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
            while (answer[^1] != '\n');
        }
        catch (IOException)
        {
            // Cut: what came before is the answer.
        }

        return answer.ToString();
    }
}
