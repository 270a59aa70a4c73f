using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Values at the server's limit, and servers that are full.</summary>
public sealed class RoomTests(SharedServers servers)
{
    [Fact]
    public async Task Value_AsLongAsIsAllowed_IsStoredWithEverythingBesideIt()
    {
        await using var backend = await MemcachedBackend.OpenAsync(servers.Three.Select(SharedServers.AddressOf), SuiteOptions.Of());
        var value = new byte[backend.Capabilities.MaxValueBytes!.Value];
        new Random(1).NextBytes(value);
        var options = SetOptions.IfNewer(long.MaxValue) with { TimeToLive = TimeSpan.FromDays(100), AbsoluteExpiration = TimeProvider.System.GetUtcNow().AddDays(200) };
        foreach (var key in new[] { "k", new string('k', 150), "odd key" })
        {
            Assert.Equal(SetOutcome.Stored, await backend.SetAsync(key, value, options));
            Assert.Equal(value, await backend.GetAsync(key));
            Assert.True(await backend.TouchAsync(key, null));
            Assert.Equal(value, (await backend.GetEntryAsync(key))!.Value.ToArray());
        }

        await backend.ClearAsync();
    }

    [Fact]
    public async Task Value_ThatItsKeyAndMetadataMakeTooLarge_IsRefusedAndThePreviousStays()
    {
        await using var backend = await MemcachedBackend.OpenAsync(servers.Three.Select(SharedServers.AddressOf), SuiteOptions.Of());
        var value = new byte[backend.Capabilities.MaxValueBytes!.Value];
        var metadata = new Dictionary<string, string> { ["long"] = new string('m', 2_000) };
        var longKey = new string('k', 60_000);
        await backend.SetManyAsync([new SetRequest("key", new byte[] { 1 }), new SetRequest(longKey, new byte[] { 2 })]);
        foreach (var condition in new[] { SetOptions.Default, SetOptions.IfNewer(5) })
        {
            Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync("key", value, condition with { Metadata = metadata }));
            Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync(longKey, value, condition));
            Assert.Equal(
                [SetOutcome.Stored, SetOutcome.TooLarge, SetOutcome.Stored],
                await backend.SetManyAsync([new SetRequest("a", new byte[1]), new SetRequest("key", value, condition with { Metadata = metadata }), new SetRequest("b", new byte[1])]));
            Assert.Equal([1], await backend.GetAsync("key"));
            Assert.Equal([2], await backend.GetAsync(longKey));
        }
    }

    [Fact]
    public async Task Server_Full_EvictsAndNeverGivesAWrongValue()
    {
        await using var server = await MemcachedServer.StartAsync(["-m", "8"]);
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(10) });
        var (stored, refused) = (0, 0);
        for (var i = 0; i < 2_000; i++)
        {
            try
            {
                Assert.Equal(SetOutcome.Stored, await backend.SetAsync($"key{i}", Filled(i)));
                stored++;
            }
            catch (CacheBackendException fault)
            {
                // Where even evicting makes no room for this size.
                Assert.True(fault.Message.Contains("out of memory", StringComparison.Ordinal), fault.Message);
                refused++;
            }
        }

        var hits = 0;
        for (var i = 0; i < 2_000; i++)
        {
            if (await backend.GetAsync($"key{i}") is not { } value) continue;
            Assert.Equal(Filled(i), value);
            hits++;
        }

        Assert.True(stored > 0 && hits > 0 && hits < stored, $"{stored} stored, {refused} refused, {hits} found.");
    }

    [Fact]
    public async Task Server_FullAndMayNotEvict_IsAFaultAndNeverCountedAsStored()
    {
        await using var server = await MemcachedServer.StartAsync(["-m", "8", "-M"]);
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(server)], new MemcachedBackendOptions { Timeout = TimeSpan.FromSeconds(10) });
        var stored = new List<int>();
        for (var i = 0; i < 3_000; i++)
        {
            try
            {
                if (await backend.SetAsync($"key{i}", new byte[8_000]) == SetOutcome.Stored) stored.Add(i);
            }
            catch (CacheBackendException fault)
            {
                Assert.True(fault.Message.Contains("out of memory", StringComparison.Ordinal), fault.Message);
            }
        }

        Assert.InRange(stored.Count, 100, 2_999);
        Assert.Equal(stored.Count, (await backend.GetManyAsync(Enumerable.Range(0, 3_000).Select(i => $"key{i}"))).Count);
        Assert.Equal(stored.Count, (await backend.GetStatsAsync()).Sets);

        // A batch of which one does not fit is a fault as a whole, and nothing in it is counted.
        await Assert.ThrowsAsync<CacheBackendException>(() => backend.SetManyAsync(Enumerable.Range(3_000, 500).Select(i => new SetRequest($"key{i}", new byte[8_000]))).AsTask());
        Assert.Equal(stored.Count, (await backend.GetStatsAsync()).Sets);
    }

    [Fact]
    public async Task Servers_WithDifferentLimits_TheLeastCounts()
    {
        await using var larger = await MemcachedServer.StartAsync(["-I", "1m"]);
        await using var smaller = await MemcachedServer.StartAsync(["-I", "64k", "-o", "slab_chunk_max=32768"]);
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(larger), SharedServers.AddressOf(smaller)]);
        Assert.Equal(64 * 1024 - 512, backend.Capabilities.MaxValueBytes);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(SetOutcome.Stored, await backend.SetAsync($"key{i}", new byte[64 * 1024 - 512]));
            Assert.Equal(SetOutcome.TooLarge, await backend.SetAsync($"key{i}", new byte[64 * 1024 - 511]));
        }
    }

    [Fact]
    public async Task Server_ThatComesLaterWithASmallerLimit_IsAskedForIt()
    {
        await using var larger = await MemcachedServer.StartAsync(["-I", "1m"]);
        await using var smaller = await MemcachedServer.StartAsync(["-I", "64k", "-o", "slab_chunk_max=32768"]);
        await smaller.KillAsync();
        await using var backend = await MemcachedBackend.OpenAsync([SharedServers.AddressOf(larger), SharedServers.AddressOf(smaller)]);
        await smaller.StartAgainAsync();
        var outcomes = new HashSet<SetOutcome>();
        for (var i = 0; i < 40; i++)
        {
            try { outcomes.Add(await backend.SetAsync($"key{i % 20}", new byte[100_000], i < 20 ? null : SetOptions.IfNewer(1))); }
            catch (CacheBackendException) { await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System); }
        }

        Assert.Equal([SetOutcome.Stored, SetOutcome.TooLarge], outcomes.Order());
    }

    [Fact]
    public async Task Touch_OfTheLargestEntriesThatAreTaken_HasRoomForTheirNewEnd()
    {
        await using var backend = await MemcachedBackend.OpenAsync(servers.Three.Select(SharedServers.AddressOf), SuiteOptions.Of());
        var value = new byte[backend.Capabilities.MaxValueBytes!.Value];
        var outcomes = new HashSet<SetOutcome>();
        for (var length = 115; length < 150; length++)
        {
            var key = $"key{length}";
            var metadata = new Dictionary<string, string> { ["name"] = new string('m', length) };
            var outcome = await backend.SetAsync(key, value, new SetOptions { Metadata = metadata });
            outcomes.Add(outcome);
            if (outcome != SetOutcome.Stored) continue;
            Assert.True(await backend.TouchAsync(key, TimeSpan.FromHours(1)));
            Assert.Equal(metadata, (await backend.GetEntryAsync(key))!.Metadata);
            Assert.Equal(value, await backend.GetAsync(key));
        }

        Assert.Equal([SetOutcome.Stored, SetOutcome.TooLarge], outcomes.Order());
    }

    private static byte[] Filled(int number) => [.. Enumerable.Repeat((byte)number, 4_000 + number % 8_000)];
}
