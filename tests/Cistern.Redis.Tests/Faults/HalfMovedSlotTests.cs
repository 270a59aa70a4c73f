using System.Text;
using Cistern.Servers;

namespace Cistern.Tests;

/// <summary>A slot that is on its way from one master to another, some of its keys here and some there, as an operator may leave it.</summary>
public sealed class HalfMovedSlotTests
{
    private const int SlotOfTheSecond = 6_000;

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

    [Fact]
    public async Task Keys_SomeHereAndSomeThere_AreAllListed()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var backend = await OpenAsync(cluster);
        await SetAsync(backend, 0, 20);
        await BeginMoveAsync(cluster);
        await MoveAsync(cluster, KeysOf(0, 10));
        await cluster.Masters[0].AskAsync("rpush", "foreign", "element");
        Assert.Equal(KeysOf(0, 20).Order(), (await backend.KeysAsync().ToListAsync()).Distinct().Order());
        Assert.Equal(20, await backend.ClearAsync());
        Assert.Empty(await backend.KeysAsync().ToListAsync());
    }

    [Fact]
    public async Task Keys_ThatMoveToWhereTheListingWas_AreListed()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var backend = await OpenAsync(cluster);
        await SetAsync(backend, 1, 1);
        await SetAsync(backend, SlotOfTheSecond, 10);
        var listed = new HashSet<string>();
        await foreach (var key in backend.KeysAsync())
        {
            // The first master's keys are listed first, and go to the second's.
            if (listed.Count == 0) await BeginMoveAsync(cluster, SlotOfTheSecond, from: 1, to: 0);
            if (listed.Count == 0) await MoveAsync(cluster, KeysOf(SlotOfTheSecond, 10), from: 1, to: 0);
            listed.Add(key);
        }

        Assert.Equal(11, listed.Count);
    }

    [Fact]
    public async Task Keys_ServerThatHasNoSlotYet_IsListedToo()
    {
        await using var cluster = await RedisCluster.StartAsync(options: new RedisServerOptions { Directives = ["cluster-require-full-coverage no"] });
        foreach (var master in cluster.Masters) await master.AskAsync("cluster", "delslotsrange", "5461", "10921");
        await TellAsync(cluster.Masters[0], "cluster", "addslotsrange", "5461", "10921");
        await using var backend = await OpenAsync(cluster);
        await SetAsync(backend, 0, 20);
        await BeginMoveAsync(cluster);
        await MoveAsync(cluster, KeysOf(0, 10));
        Assert.Equal(KeysOf(0, 20).Order(), (await backend.KeysAsync().ToListAsync()).Distinct().Order());
    }

    [Fact]
    public async Task Keys_WhileManySlotsMove_AreAllListedEachTime()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var backend = await OpenAsync(cluster);
        await backend.SetManyAsync(Enumerable.Range(0, 5_000).Select(i => new SetRequest($"key {i}", "value"u8.ToArray())));
        var (from, to) = (await RedisCluster.IdOfAsync(cluster.Masters[0]), await RedisCluster.IdOfAsync(cluster.Masters[1]));
        var moving = cluster.Masters[0].AskClusterAsync("reshard", "--cluster-from", from, "--cluster-to", to, "--cluster-slots", "300", "--cluster-yes");
        do Assert.Equal(5_000, await backend.KeysAsync().Distinct().CountAsync());
        while (!moving.IsCompleted);
        Assert.DoesNotContain("[ERR]", await moving, StringComparison.Ordinal);
    }

    private static IEnumerable<string> KeysOf(int slot, int count) => Enumerable.Range(0, count).Select(i => $"{{{HashSlot.KeyIn(slot)}}}{i}");

    private static async Task SetAsync(RedisBackend backend, int slot, int count)
    {
        foreach (var key in KeysOf(slot, count)) Assert.Equal(SetOutcome.Stored, await backend.SetStringAsync(key, "value"));
    }

    private static async Task<RedisBackend> OpenAsync(RedisCluster cluster) => await RedisBackend.OpenAsync(RedisServers.Configure([.. cluster.Masters.Select(master => master.Port)]));

    // No key has moved yet.
    private static async Task BeginMoveAsync(RedisCluster cluster, int slot = 0, int from = 0, int to = 1)
    {
        await TellAsync(cluster.Masters[to], "cluster", "setslot", $"{slot}", "importing", await RedisCluster.IdOfAsync(cluster.Masters[from]));
        await TellAsync(cluster.Masters[from], "cluster", "setslot", $"{slot}", "migrating", await RedisCluster.IdOfAsync(cluster.Masters[to]));
    }

    private static async Task MoveAsync(RedisCluster cluster, IEnumerable<string> keys, int from = 0, int to = 1) =>
        await TellAsync(cluster.Masters[from], ["migrate", Loopback.Host, $"{cluster.Masters[to].Port}", "", "0", "1000", "keys", .. keys]);

    private static async Task EndMoveAsync(RedisCluster cluster)
    {
        var left = (await cluster.Masters[0].AskAsync("cluster", "getkeysinslot", "0", "1000")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (left.Length > 0) await MoveAsync(cluster, left);
        var receiver = await RedisCluster.IdOfAsync(cluster.Masters[1]);
        foreach (var master in new[] { cluster.Masters[1], cluster.Masters[0], cluster.Masters[2] }) await TellAsync(master, "cluster", "setslot", "0", "node", receiver);
    }

    private static async Task TellAsync(RedisServer server, params string[] command) => Assert.Equal("OK", await server.AskAsync(command));
}
