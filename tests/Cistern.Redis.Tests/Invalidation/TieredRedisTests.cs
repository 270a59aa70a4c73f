using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Several processes, played by as many backends, with memory before one Redis.</summary>
public sealed class TieredRedisTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    // So long that nothing ends by itself during a test.
    private static readonly TimeSpan NearTimeToLive = TimeSpan.FromHours(1);

    [Theory]
    [InlineData("")]
    [InlineData("app:")]
    public async Task Change_OfOneProcess_IsSoonSeenByAnother(string prefix)
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await OpenAsync(server.Port, prefix);
        await using var other = await OpenAsync(server.Port, prefix);
        await one.SetAsync("key", "old"u8.ToArray());
        Assert.Equal("old", await other.GetStringAsync("key"));
        await one.SetAsync("key", "new"u8.ToArray());
        await UntilAsync(async () => await other.GetStringAsync("key") == "new");
        await other.DeleteAsync("key");
        await UntilAsync(async () => await one.GetStringAsync("key") is null);
        await one.SetManyAsync(Enumerable.Range(0, 5_000).Select(i => new SetRequest($"key {i}", "old"u8.ToArray())));
        Assert.Equal(5_000, (await other.GetManyAsync(Enumerable.Range(0, 5_000).Select(i => $"key {i}"))).Count);
        await one.SetManyAsync(Enumerable.Range(0, 5_000).Select(i => new SetRequest($"key {i}", "new"u8.ToArray())));
        await UntilAsync(async () => (await other.GetManyAsync(Enumerable.Range(0, 5_000).Select(i => $"key {i}"))).Values.All(value => value.AsSpan().SequenceEqual("new"u8)));
        Assert.Equal(5_000, await one.ClearAsync());
        await UntilAsync(async () => await other.GetStringAsync("key 17") is null);
        Assert.Equal((0, 0), ((await one.GetTieredStatsAsync()).LostMessages, (await other.GetTieredStatsAsync()).LostMessages));
        Assert.Empty(await one.KeysAsync().ToListAsync());
    }

    [Fact]
    public async Task Change_WithAnotherPrefix_IsNobodysElse()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await OpenAsync(server.Port, "one:");
        await using var other = await OpenAsync(server.Port, "other:");
        await one.SetAsync("key", "value"u8.ToArray());
        await other.SetAsync("key", "value"u8.ToArray());
        await UntilAsync(async () => (await one.GetTieredStatsAsync()).UnsentKeys == 0);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        Assert.Equal((0, 0), ((await one.GetTieredStatsAsync()).InvalidatedKeys, (await other.GetTieredStatsAsync()).InvalidatedKeys));
    }

    [Fact]
    public async Task Change_InACluster_IsSoonSeenByAnother()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var one = await OpenAsync(cluster.Masters[0].Port);
        await using var other = await OpenAsync(cluster.Masters[2].Port);
        for (var i = 0; i < 20; i++)
        {
            await one.SetAsync($"key {i}", "old"u8.ToArray());
            Assert.Equal("old", await other.GetStringAsync($"key {i}"));
            await one.SetAsync($"key {i}", "new"u8.ToArray());
            var key = $"key {i}";
            await UntilAsync(async () => await other.GetStringAsync(key) == "new");
        }

        Assert.Equal(0, (await other.GetTieredStatsAsync()).LostMessages);
    }

    [Fact]
    public async Task Messages_WhileTheSubscriptionIsCut_AreNoticedAsLost()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await OpenAsync(server.Port);
        await using var other = await OpenAsync(server.Port);
        await one.SetAsync("key", "old"u8.ToArray());
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        Assert.Equal("old", await other.GetStringAsync("key"));

        // The server forgets who listens; both clients come back, but the message is sent before the other one does.
        await server.AskAsync("client", "pause", "300", "all");
        await server.AskAsync("client", "kill", "type", "pubsub");
        await one.SetAsync("key", "new"u8.ToArray());
        await UntilAsync(async () => await other.GetStringAsync("key") == "new");
    }

    [Fact]
    public async Task Message_ThatNobodyHeard_IsNoticedByItsNumber()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await OpenAsync(server.Port);
        await using var other = await OpenAsync(server.Port);
        await one.SetAsync("key", "old"u8.ToArray());
        await UntilAsync(async () => (await one.GetTieredStatsAsync()).UnsentKeys == 0);
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        Assert.Equal("old", await other.GetStringAsync("key"));
        Assert.Equal(0, (await other.GetTieredStatsAsync()).LostMessages);

        // What a third process wrote, whose message was lost on its way: only the counter tells of it.
        await using (var third = await RedisBackend.OpenAsync(RedisServers.Configure(server.Port))) await third.SetAsync("key", "new"u8.ToArray());
        var counted = await server.AskAsync("eval", """
            local key = '\0invalidations'
            local epoch, number = string.match(redis.call('GET', key), '(%w+):(%d+)')
            redis.call('SET', key, epoch .. ':' .. (number + 1))
            return number
            """, "0");
        Assert.Equal("1", counted);
        await UntilAsync(async () => await other.GetStringAsync("key") == "new");
        Assert.Equal(1, (await other.GetTieredStatsAsync()).LostMessages);
    }

    [Fact]
    public async Task Server_ThatIsKilledAndComesBack_IsServedByTheNearTierMeanwhileAndHeardAgain()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Directives = ["appendonly yes", "appendfsync always"] });
        await using var one = await OpenAsync(server.Port);
        await using var other = await OpenAsync(server.Port);
        await one.SetAsync("key", "value"u8.ToArray());
        await UntilAsync(async () => (await other.GetTieredStatsAsync()).InvalidatedKeys == 1);
        Assert.Equal("value", await other.GetStringAsync("key"));
        await server.KillAsync();
        Assert.Equal(TieredLookupOutcome.Near, (await one.LookUpAsync("key")).Outcome);
        await Assert.ThrowsAsync<CacheBackendException>(() => one.SetAsync("key", "lost"u8.ToArray()).AsTask());
        Assert.Equal("value", await other.GetStringAsync("key"));
        await server.StartAgainAsync();
        await UntilAsync(async () => await IsDoneAsync(one.SetAsync("key", "new"u8.ToArray())));
        await UntilAsync(async () => await ReadsAsync(other, "new"));
        await UntilAsync(async () => await IsDoneAsync(other.SetAsync("key", "newer"u8.ToArray())));
        await UntilAsync(async () => await ReadsAsync(one, "newer"));
    }

    [Fact]
    public async Task Server_ThatComesBackEmpty_LeavesNoCopies()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await OpenAsync(server.Port);
        await one.SetAsync("key", "value"u8.ToArray());
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        await server.KillAsync();
        await server.StartAgainAsync();
        await UntilAsync(async () => (await one.GetTieredStatsAsync()).Near.CurrentEntries == 0);
    }

    private static async Task<TieredBackend> OpenAsync(int port, string prefix = "")
    {
        var far = await RedisBackend.OpenAsync(RedisServers.Configure(port), new RedisBackendOptions { Prefix = prefix });
        return await TieredBackend.OpenAsync(new InMemoryBackend(), far, new TieredBackendOptions { NearTimeToLive = NearTimeToLive, DownTime = TimeSpan.FromMilliseconds(200), Invalidation = far.CreateInvalidationChannel() });
    }

    // While a connection comes back, calls may fail.
    private static async Task<bool> IsDoneAsync(ValueTask<SetOutcome> set) => await Record.ExceptionAsync(() => set.AsTask()) is null;

    private static async Task<bool> ReadsAsync(TieredBackend tiers, string expected)
    {
        string? read = null;
        await Record.ExceptionAsync(async () => read = await tiers.GetStringAsync("key"));
        return read == expected;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var end = new CancellationTokenSource(Soon, TimeProvider.System);
        while (!await condition())
        {
            if (end.IsCancellationRequested) Assert.Fail($"It was not so within {Soon.TotalSeconds} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
