using System.Diagnostics;
using System.Net.Sockets;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Listing a server that others use: what is theirs, what was left behind, and who comes first.</summary>
public sealed class ListingTests
{
    [Fact]
    public async Task Keys_OfOthers_AreNeitherListedNorCleared()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var all = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)]);
        await using var mine = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Prefix = "mine:" });
        await RawTalk.StoreAsync(server, "foreign", "value"u8.ToArray());
        await RawTalk.StoreAsync(server, "mine:foreign", "value"u8.ToArray());
        await all.SetStringAsync("key", "value");
        await mine.SetStringAsync("key", "value");
        await mine.SetStringAsync("odd key", "value");
        await mine.DeleteAsync("deleted", 5);
        Assert.Equal(["key", "odd key"], await ListAsync(mine));
        Assert.Equal(["key", "mine:key"], await ListAsync(all));
        Assert.Equal(2, await mine.ClearAsync());
        Assert.Equal(1, await all.ClearAsync());
        Assert.NotNull(await RawTalk.ReadAsync(server, "foreign"));
        Assert.NotNull(await RawTalk.ReadAsync(server, "mine:foreign"));
        Assert.Equal(SetOutcome.Superseded, await mine.SetAsync("deleted", new byte[1], SetOptions.IfNewer(5)));
    }

    [Fact]
    public async Task Keys_LeftOnAServerThatNoLongerHasThem_AreNotListed()
    {
        await using var first = await MemcachedServer.StartAsync();
        await using var second = await MemcachedServer.StartAsync();
        await using var alone = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(first)]);
        await using var both = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(first), SharedServers.AddressOf(second)]);
        for (var i = 0; i < 100; i++) await alone.SetStringAsync($"key{i}", "value");
        var listed = await ListAsync(both);
        Assert.InRange(listed.Count, 1, 99);
        Assert.Equal(listed.Count, (await both.GetManyAsync(Enumerable.Range(0, 100).Select(i => $"key{i}"))).Count);
    }

    [Fact]
    public async Task Keys_HotOnesUnderLoad_AreAllListed()
    {
        await using var server = await MemcachedServer.StartAsync(["-o", "hashpower=13", "-t", "2"]);
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(20) });
        var keys = Enumerable.Range(0, 2_000).Select(i => $"key{i}").ToList();
        await backend.SetManyAsync(keys.Select(key => new SetRequest(key, new byte[100])));
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            while (!stop.IsCancellationRequested)
            {
                await backend.GetManyAsync(Enumerable.Range(0, 50).Select(_ => keys[random.Next(keys.Count)]));
                await backend.SetAsync(keys[random.Next(keys.Count)], new byte[random.Next(3_000)]);
                await backend.TouchAsync(keys[random.Next(keys.Count)], TimeSpan.FromHours(1));
            }
        })).ToArray();
        for (var round = 0; round < 10; round++)
        {
            var listed = new List<string>();
            await foreach (var key in backend.KeysAsync()) listed.Add(key);
            Assert.Equal(keys.Count, listed.Count);
            Assert.Equal(keys.ToHashSet(), listed.ToHashSet());
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
    }

    [Theory]
    [InlineData("BUSY currently processing crawler request\r\n")]
    [InlineData("ERROR locked try again later\r\n")]
    public async Task Keys_OfAServerThatIsBusy_WaitForIt(string answer)
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var proxy = new AnswerProxy(server.Port);
        await using var backend = await MemcachedBackend.OpenAsync([proxy.Address], new MemcachedBackendOptions { Timeout = TimeSpan.FromMilliseconds(200), ConnectTimeout = TimeSpan.FromSeconds(5) });
        await backend.SetStringAsync("key", "value");
        var (left, lists) = (4, 0);
        proxy.Change = piece =>
        {
            if (!piece.AsSpan().StartsWith("key="u8)) return [piece];
            lists++;
            return left-- > 0 ? [System.Text.Encoding.ASCII.GetBytes(answer)] : [piece];
        };
        Assert.Equal(["key"], await ListAsync(backend));
        Assert.Equal(5, lists);

        // But not for ever.
        left = int.MaxValue;
        var fault = await Assert.ThrowsAsync<CacheBackendException>(() => ListAsync(backend));
        Assert.Contains(answer.Trim(), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_WhileAnotherClientListsAndDoesNotRead_AreAFaultUntilItIsGone()
    {
        await using var server = await MemcachedServer.StartAsync();
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Timeout = TimeSpan.FromMilliseconds(200), ConnectTimeout = TimeSpan.FromSeconds(5) });

        // More than the buffers of a connection hold: the server waits for whoever asked, who does not read.
        var requests = Enumerable.Range(0, 100_000).Select(i => new SetRequest($"{i}{new string('k', 180)}", new byte[1])).ToList();
        await backend.SetManyAsync(requests);
        using var slow = new TcpClient { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(Loopback.Host, server.Port);
        await slow.GetStream().WriteAsync("lru_crawler metadump hash\r\n"u8.ToArray());
        await slow.GetStream().ReadExactlyAsync(new byte[100]);
        await Assert.ThrowsAsync<CacheBackendException>(() => backend.ClearAsync().AsTask());
        slow.Close();

        // Until the server has noticed.
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                Assert.Equal(100_000, (await ListAsync(backend)).Count);
                return;
            }
            catch (CacheBackendException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10))
            {
                await Task.Yield();
            }
        }
    }

    [Theory]
    [InlineData("-X")]
    [InlineData("-o", "no_lru_crawler")]
    public async Task Keys_OfAServerThatDoesNotList_AreAFaultThatSaysSo(params string[] arguments)
    {
        await using var server = await MemcachedServer.StartAsync(arguments);
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)]);
        await backend.SetStringAsync("key", "value");
        foreach (var call in new Func<Task>[] { () => ListAsync(backend), () => backend.ClearAsync().AsTask() })
        {
            var fault = await Assert.ThrowsAsync<CacheBackendException>(call);
            Assert.Contains("does not list its keys", fault.Message, StringComparison.Ordinal);
            Assert.IsType<NotSupportedException>(fault.InnerException);
        }

        // One key needs no list.
        Assert.Equal(["key"], await ListAsync(backend, "key"));
        Assert.Equal("value", await backend.GetStringAsync("key"));
    }

    private static async Task<List<string>> ListAsync(CacheBackend backend, string pattern = "*")
    {
        var keys = new List<string>();
        await foreach (var key in backend.KeysAsync(pattern)) keys.Add(key);
        keys.Sort(StringComparer.Ordinal);
        return keys;
    }
}
