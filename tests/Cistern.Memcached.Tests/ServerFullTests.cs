using System.Net.Sockets;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Servers that have as many connections as they take: away for a while, and no mistake.</summary>
public sealed class ServerFullTests
{
    private static readonly MemcachedBackendOptions Brief = new() { Timeout = TimeSpan.FromMilliseconds(500), ConnectTimeout = TimeSpan.FromMilliseconds(500) };

    [Fact]
    public async Task Open_ServerWithoutRoomForAConnection_IsAwayUntilThereIs()
    {
        await using var full = await MemcachedServer.StartAsync(["-t", "1", "-c", "16"]);
        await using var other = await MemcachedServer.StartAsync();
        using var clients = new Occupants();
        await clients.FillAsync(full);
        var fault = await Assert.ThrowsAsync<CacheBackendException>(() => MemcachedBackend.OpenAsync([SharedServers.AddressOf(full)], Brief).AsTask());
        Assert.DoesNotContain("no memcached server", fault.Message, StringComparison.Ordinal);
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(full), SharedServers.AddressOf(other)], Brief);
        var faults = 0;
        for (var i = 0; i < 50; i++) faults += await Record.ExceptionAsync(() => backend.SetStringAsync($"key{i}", "value").AsTask()) is CacheBackendException ? 1 : 0;
        Assert.InRange(faults, 1, 49);
        clients.Dispose();
        await Eventually.TrueAsync(async () => (await backend.SetManyAsync(Enumerable.Range(0, 50).Select(i => new SetRequest($"key{i}", new byte[1])))).Count == 50);
    }

    [Fact]
    public async Task Backend_ThatHoldsTheOnlyConnectionThereIs_ServesCallsBatchesAndNoList()
    {
        await using var full = await MemcachedServer.StartAsync(["-t", "1", "-c", "16"]);
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(full)], Brief);
        using var clients = new Occupants();
        await clients.FillAsync(full);
        for (var i = 0; i < 20; i++)
        {
            await backend.SetStringAsync("key", "value");
            Assert.Single(await backend.GetManyAsync(["key", "missing"]));
        }

        var list = Assert.ThrowsAsync<CacheBackendException>(async () => { await foreach (var key in backend.KeysAsync()) Assert.NotNull(key); });
        Assert.DoesNotContain("does not list", (await list).Message, StringComparison.Ordinal);
        clients.Dispose();
        await Eventually.TrueAsync(async () => await backend.KeysAsync().CountAsync() == 1);
    }

    // Connections of others, as many as the server takes.
    private sealed class Occupants : IDisposable
    {
        private readonly List<TcpClient> _clients = [];

        public async Task FillAsync(MemcachedServer server)
        {
            while (true)
            {
                var client = new TcpClient();
                _clients.Add(client);
                await client.ConnectAsync(Loopback.Host, server.Port);
                try
                {
                    await client.GetStream().WriteAsync("mn\r\n"u8.ToArray());
                    var answer = new byte[64];
                    var length = await client.GetStream().ReadAsync(answer);
                    if (length == 0 || !answer.AsSpan(0, length).StartsWith("MN"u8)) return;
                }
                catch (IOException)
                {
                    return;
                }
            }
        }

        public void Dispose() => _clients.ForEach(client => client.Dispose());
    }
}
