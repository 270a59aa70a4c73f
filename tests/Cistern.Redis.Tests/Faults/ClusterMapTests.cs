using System.Text;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>Clusters that say little of where their slots are, or have not all of them.</summary>
public sealed class ClusterMapTests
{
    [Theory]
    [InlineData("unknown-endpoint")]
    [InlineData("hostname")]
    public async Task SetMany_ServersThatDoNotSayTheirHosts_GoesToThem(string preferred)
    {
        await using var cluster = await RedisCluster.StartAsync(options: new RedisServerOptions { Directives = [$"cluster-preferred-endpoint-type {preferred}"] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]));
        var requests = Enumerable.Range(0, 1_000).Select(i => new SetRequest($"key {i}", Encoding.UTF8.GetBytes($"value {i}"))).ToList();
        Assert.All(await backend.SetManyAsync(requests), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.Equal(requests.Count, (await backend.GetManyAsync(requests.Select(request => request.Key))).Count);
        Assert.Equal(requests.Count, await backend.KeysAsync().Distinct().CountAsync());
        foreach (var master in cluster.Masters) Assert.Contains("cistern-bulk", await master.AskAsync("client", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetMany_ServersThatDoNotSayTheirHosts_GoesAfterASlotThatMoves()
    {
        await using var cluster = await RedisCluster.StartAsync(options: new RedisServerOptions { Directives = ["cluster-preferred-endpoint-type hostname"] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]));
        var requests = new[] { new SetRequest($"{{{HashSlot.KeyIn(0)}}}", "value"u8.ToArray()) };
        await backend.SetManyAsync(requests);
        await backend.ClearAsync();
        foreach (var master in new[] { cluster.Masters[1], cluster.Masters[0], cluster.Masters[2] }) Assert.Equal("OK", await master.AskAsync("cluster", "setslot", "0", "node", await RedisCluster.IdOfAsync(cluster.Masters[1])));
        Assert.Equal([SetOutcome.Stored], await backend.SetManyAsync(requests));
    }

    [Fact]
    public async Task SetMany_SlotThatNobodyHas_FailsWithItsKeysOnly()
    {
        await using var cluster = await RedisCluster.StartAsync(options: new RedisServerOptions { Directives = ["cluster-require-full-coverage no"] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]), new RedisBackendOptions { Timeout = TimeSpan.FromSeconds(1) });
        foreach (var master in cluster.Masters) await master.AskAsync("cluster", "delslots", "0");
        var lost = $"{{{HashSlot.KeyIn(0)}}}lost";
        var requests = Enumerable.Range(0, 1_000).Select(i => new SetRequest($"key {i}", "value"u8.ToArray())).Append(new SetRequest(lost, "value"u8.ToArray()));
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync(requests));
        Assert.Contains($"1 of the keys were refused, the first of them \"{lost}\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains("slot", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1_000, (await backend.GetManyAsync(Enumerable.Range(0, 1_000).Select(i => $"key {i}"))).Count);
    }

    [Fact]
    public async Task SetMany_SlotThatNobodyHasForAMoment_IsWaitedFor()
    {
        await using var cluster = await RedisCluster.StartAsync(options: new RedisServerOptions { Directives = ["cluster-require-full-coverage no"] });
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]));
        foreach (var master in cluster.Masters) await master.AskAsync("cluster", "delslots", "0");
        var setting = backend.SetManyAsync([new SetRequest($"{{{HashSlot.KeyIn(0)}}}key", "value"u8.ToArray())]).AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        Assert.Equal("OK", await cluster.Masters[0].AskAsync("cluster", "addslots", "0"));
        Assert.Equal([SetOutcome.Stored], await setting);
    }

    [Fact]
    public async Task SetMany_ClusterThatIsDown_SaysSoInTime()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var backend = await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]), new RedisBackendOptions { Timeout = TimeSpan.FromSeconds(1) });
        foreach (var master in cluster.Masters) await master.AskAsync("cluster", "delslots", "0");
        var requests = Enumerable.Range(0, 100).Select(i => new SetRequest($"key {i}", "value"u8.ToArray())).ToList();
        var began = TimeProvider.System.GetTimestamp();
        var fault = await Assert.ThrowsAsync<CacheBackendException>(async () => await backend.SetManyAsync(requests));
        Assert.Contains("CLUSTERDOWN", fault.Message, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        await cluster.Masters[0].AskAsync("cluster", "addslots", "0");
        Assert.All(await WhenUpAsync(), outcome => Assert.Equal(SetOutcome.Stored, outcome));

        async Task<IReadOnlyList<SetOutcome>> WhenUpAsync()
        {
            while ((await Task.WhenAll(cluster.Masters.Select(master => master.AskAsync("cluster", "info")))).Any(answer => answer.Contains("cluster_state:fail", StringComparison.Ordinal))) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            return await backend.SetManyAsync(requests);
        }
    }
}
