using StackExchange.Redis;

namespace Cistern;

/// <summary>Asks a cluster who has which of its slots. Safe for concurrent use.</summary>
internal sealed class ClusterSurvey(RedisConnection connection)
{
    private static readonly ClusterView OneServer = new(ClusterMap.OneServer, [], new Dictionary<string, RedisKey> { [""] = "" });

    /// <summary>Which servers have keys of their own.</summary>
    public async Task<ClusterMap> FindMastersAsync(CancellationToken cancellationToken)
    {
        if (!connection.IsCluster) return ClusterMap.OneServer;
        var map = ClusterMap.Parse(await connection.CallAsync(database => database.ExecuteAsync("CLUSTER", "SLOTS"), cancellationToken).ConfigureAwait(false));
        return map.Ranges.Any(range => range.Server is null) ? map.With(KnownServers()) : map;
    }

    /// <summary>The same with the slots that are on their way, which each server knows of its own only.</summary>
    public async Task<ClusterView> LookAsync(CancellationToken cancellationToken)
    {
        var map = await FindMastersAsync(cancellationToken).ConfigureAwait(false);
        if (map.Ranges.Count == 0) return OneServer;
        var nodes = new List<ClusterNode>();
        var routes = new Dictionary<string, RedisKey>();

        // A server that is giving away the very slot that it is asked by may send on what is asked: then another slot of it may do.
        foreach (var slots in map.Ranges.GroupBy(range => range.Node)) await AskAsync(slots.Key, [slots.First().From, slots.Last().To]).ConfigureAwait(false);

        // One that is taking over its first slot has no other: it is asked by what is sent on to it.
        foreach (var open in nodes.SelectMany(node => node.OpenSlots).ToList()) await AskAsync(open.To, [open.Slot]).ConfigureAwait(false);
        return new ClusterView(map, nodes, routes);

        async Task AskAsync(string node, IEnumerable<int> slots)
        {
            foreach (var slot in slots.Distinct())
            {
                if (routes.ContainsKey(node)) return;
                var route = HashSlot.RouteTo(slot);
                var answer = ClusterNode.Parse((string)(await connection.RunAsync(RedisScript.Nodes, [route], [], cancellationToken).ConfigureAwait(false))!);
                nodes.Add(answer);
                routes.TryAdd(answer.Id, route);
            }
        }
    }

    // Who does not say where it is, is where the multiplexer reaches it.
    private Dictionary<string, RespTarget> KnownServers()
    {
        var known = new Dictionary<string, RespTarget>();
        foreach (var node in connection.Servers.SelectMany(server => server.ClusterConfiguration?.Nodes ?? [])) known[node.NodeId] = RespTarget.Of(node.EndPoint);
        return known;
    }
}
