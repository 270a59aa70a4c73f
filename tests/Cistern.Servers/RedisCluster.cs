using System.Diagnostics;

namespace Cistern.Servers;

/// <summary>A Redis Cluster on this machine: masters, and replicas of them if wanted.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private RedisCluster(IReadOnlyList<RedisServer> masters, IReadOnlyList<RedisServer> replicas)
    {
        Masters = masters;
        Replicas = replicas;
    }

    /// <summary>The servers that were made masters, each with as many of the slots as the others, in order.</summary>
    public IReadOnlyList<RedisServer> Masters { get; }

    /// <summary>A replica of each master, in the same order; none where none are wanted.</summary>
    public IReadOnlyList<RedisServer> Replicas { get; }

    /// <summary>All servers.</summary>
    public IEnumerable<RedisServer> Servers => Masters.Concat(Replicas);

    /// <summary>Starts one, and waits until all its nodes know it whole.</summary>
    /// <param name="masters">How many masters.</param>
    /// <param name="hasReplicas">Whether each has a replica.</param>
    /// <param name="options">How each server is set up.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<RedisCluster> StartAsync(int masters = 3, bool hasReplicas = false, RedisServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var node = (options ?? new RedisServerOptions()) with { IsClusterNode = true };
        var servers = new List<RedisServer>();
        try
        {
            for (var i = 0; i < masters * (hasReplicas ? 2 : 1); i++) servers.Add(await RedisServer.StartAsync(node, cancellationToken));
            var cluster = new RedisCluster([.. servers.Take(masters)], [.. servers.Skip(masters)]);
            await cluster.JoinAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            foreach (var server in servers) await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node's id in the cluster.</summary>
    public static Task<string> IdOfAsync(RedisServer server) => server.AskAsync("cluster", "myid");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers) await server.DisposeAsync();
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Masters.Count; i++)
        {
            await ExpectOkAsync(Masters[i], "cluster", "addslotsrange", $"{Slots * i / Masters.Count}", $"{Slots * (i + 1) / Masters.Count - 1}");
            await ExpectOkAsync(Masters[i], "cluster", "set-config-epoch", $"{i + 1}");
        }

        foreach (var server in Servers.Skip(1)) await ExpectOkAsync(server, "cluster", "meet", Loopback.Host, $"{Masters[0].Port}");
        foreach (var server in Servers) await WaitAsync(server, "cluster nodes", KnowsAllAsync, cancellationToken);
        for (var i = 0; i < Replicas.Count; i++) await ExpectOkAsync(Replicas[i], "cluster", "replicate", await IdOfAsync(Masters[i]));
        foreach (var server in Servers) await WaitAsync(server, "cluster info", IsWholeAsync, cancellationToken);
        foreach (var replica in Replicas) await WaitAsync(replica, "info replication", IsLinkedAsync, cancellationToken);
    }

    private async Task<bool> KnowsAllAsync(RedisServer server) => (await server.AskAsync("cluster", "nodes")).Split('\n').Count(line => line.Contains(" connected", StringComparison.Ordinal)) == Servers.Count();

    private static async Task<bool> IsWholeAsync(RedisServer server) => (await server.AskAsync("cluster", "info")).Contains("cluster_state:ok", StringComparison.Ordinal);

    private static async Task<bool> IsLinkedAsync(RedisServer server) => (await server.AskAsync("info", "replication")).Contains("master_link_status:up", StringComparison.Ordinal);

    private static async Task ExpectOkAsync(RedisServer server, params string[] command)
    {
        var answer = await server.AskAsync(command);
        if (answer != "OK") throw new InvalidOperationException($"{string.Join(' ', command)}: {answer}");
    }

    private static async Task WaitAsync(RedisServer server, string what, Func<RedisServer, Task<bool>> isDone, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isDone(server))
        {
            if (Stopwatch.GetElapsedTime(began) > LongestStart) throw new InvalidOperationException($"The cluster was not whole in time: {await server.AskAsync(what.Split(' '))}");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
