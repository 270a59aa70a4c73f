using System.Text;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>A slot that is on its way from one master to another, some of its keys here and some there, as an operator may leave it.</summary>
public sealed class HalfMovedSlotTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private static readonly string Tag = HashSlot.KeyIn(0);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SetManyIfAbsent_RepeatedKey_TheFirstWins(bool isFinished)
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var backend = await OpenAsync(cluster);
        await backend.SetStringAsync($"{{{Tag}}}1", "there");
        await BeginMoveAsync(cluster);
        SetRequest Request(string key, int value) => new($"{{{Tag}}}{key}", Encoding.UTF8.GetBytes($"{value}"), new SetOptions { Condition = SetCondition.IfAbsent });
        List<SetRequest> requests = [Request("key", 1), .. Enumerable.Range(1, 31).Select(i => Request($"{i}", i)), Request("key", 2)];
        var setting = backend.SetManyAsync(requests).AsTask();
        if (isFinished)
        {
            await Task.Delay(Moment, TimeProvider.System);
            await EndMoveAsync(cluster);
        }

        var outcomes = await setting;
        Assert.Equal((SetOutcome.Stored, SetOutcome.Present, SetOutcome.Present), (outcomes[0], outcomes[1], outcomes[^1]));
        Assert.All(outcomes.Skip(2).SkipLast(1), outcome => Assert.Equal(SetOutcome.Stored, outcome));
        Assert.Equal("1", await backend.GetStringAsync($"{{{Tag}}}key"));
    }

    private static async Task<RedisBackend> OpenAsync(RedisCluster cluster) => await RedisBackend.ConnectAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]));

    // Slot 0 from the first master to the second; no key has moved yet.
    private static async Task BeginMoveAsync(RedisCluster cluster)
    {
        await TellAsync(cluster.Masters[1], "cluster", "setslot", "0", "importing", await RedisCluster.IdOfAsync(cluster.Masters[0]));
        await TellAsync(cluster.Masters[0], "cluster", "setslot", "0", "migrating", await RedisCluster.IdOfAsync(cluster.Masters[1]));
    }

    private static async Task MoveAsync(RedisCluster cluster, params IEnumerable<string> keys) =>
        await TellAsync(cluster.Masters[0], ["migrate", Loopback.Host, $"{cluster.Masters[1].Port}", "", "0", "1000", "keys", .. keys]);

    private static async Task EndMoveAsync(RedisCluster cluster)
    {
        var left = (await cluster.Masters[0].AskAsync("cluster", "getkeysinslot", "0", "1000")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (left.Length > 0) await MoveAsync(cluster, left);
        var receiver = await RedisCluster.IdOfAsync(cluster.Masters[1]);
        foreach (var master in new[] { cluster.Masters[1], cluster.Masters[0], cluster.Masters[2] }) await TellAsync(master, "cluster", "setslot", "0", "node", receiver);
    }

    private static async Task TellAsync(RedisServer server, params string[] command) => Assert.Equal("OK", await server.AskAsync(command));
}
