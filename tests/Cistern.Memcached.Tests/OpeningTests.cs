using System.Net;
using System.Net.Sockets;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>What answers at an address, and what does not.</summary>
public sealed class OpeningTests
{
    private static readonly MemcachedBackendOptions Brief = new() { Timeout = TimeSpan.FromMilliseconds(500), ConnectTimeout = TimeSpan.FromMilliseconds(500) };

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "no memcached server")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "no memcached server")]
    [InlineData("STAT pid 1\r\nEND\r\nEND\r\n", "does not tell")]
    [InlineData("STAT version 1.5.6\r\nSTAT pid 1\r\nEND\r\nEND\r\n", "memcached 1.5.6 is too old")]
    [InlineData("CLIENT_ERROR unauthenticated\r\n", "CLIENT_ERROR unauthenticated")]
    [InlineData("ERROR Too many open connections\r\n", "takes no more connections")]
    [InlineData("", "closed")]
    public async Task Open_APortThatSpeaksSomethingElse_SaysSo(string answer, string message)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[5]);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null);
        });
        var fault = await Assert.ThrowsAsync<CacheBackendException>(() => MemcachedBackend.OpenAsync([$"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"], Brief).AsTask());
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        await answering.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
    }

    [Fact]
    public async Task Open_ARedisServer_SaysSo()
    {
        await using var redis = await RedisServer.StartAsync();
        var fault = await Assert.ThrowsAsync<CacheBackendException>(() => MemcachedBackend.OpenAsync([$"127.0.0.1:{redis.Port}"], Brief).AsTask());
        Assert.Contains("no memcached server", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NobodyThere_IsAFault()
    {
        var address = $"127.0.0.1:{Loopback.TakePort()}";
        var fault = await Assert.ThrowsAsync<CacheBackendException>(() => MemcachedBackend.OpenAsync([address], Brief).AsTask());
        Assert.Contains(address, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AServerThatCountsNoChanges_IsRefused()
    {
        await using var server = await MemcachedServer.StartAsync(["-C"]);
        var fault = await Assert.ThrowsAsync<CacheBackendException>(() => MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], Brief).AsTask());
        Assert.Contains("-C", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:")]
    [InlineData(":11211")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+1")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("user@host")]
    public async Task Open_NoAddress_Throws(string server) => await Assert.ThrowsAsync<ArgumentException>(() => MemcachedBackend.OpenAsync([server]).AsTask());

    [Fact]
    public async Task Open_NoServerOrOneTwice_Throws()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() => MemcachedBackend.OpenAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => MemcachedBackend.OpenAsync([]).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => MemcachedBackend.OpenAsync(["host", "host:11211"]).AsTask());
    }

    [Fact]
    public void ServerList_EveryForm_IsRead() => Assert.Equal(
        [new("host", 11211), new("10.0.0.1", 12000), new("::1", 11211), new("fe80::1", 7)],
        ServerList.Read(["host", "10.0.0.1:12000", "[::1]", "[fe80::1]:7"]));

    [Fact]
    public async Task Options_OutsideTheirRange_Throw()
    {
        MemcachedBackendOptions[] wrong =
        [
            new() { Connections = 0 }, new() { Connections = 65 }, new() { Timeout = TimeSpan.Zero }, new() { ConnectTimeout = TimeSpan.FromHours(2) },
            new() { TombstoneRetention = TimeSpan.Zero }, new() { Prefix = "a b" }, new() { Prefix = "\u00e9" }, new() { Prefix = new string('p', 207) }, new() { Name = "" },
        ];
        foreach (var options in wrong) await Assert.ThrowsAnyAsync<ArgumentException>(() => MemcachedBackend.OpenAsync(["127.0.0.1:1"], options).AsTask());
    }
}
