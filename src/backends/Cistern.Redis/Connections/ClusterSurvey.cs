namespace Cistern;

/// <summary>Asks a cluster who has which of its slots. Safe for concurrent use.</summary>
internal sealed class ClusterSurvey(RedisConnection connection)
{
    /// <summary>Which servers have keys of their own.</summary>
    public async Task<ClusterMap> FindMastersAsync(CancellationToken cancellationToken)
    {
        if (!connection.IsCluster) return ClusterMap.OneServer;
        var map = ClusterMap.Parse(await connection.CallAsync(database => database.ExecuteAsync("CLUSTER", "SLOTS"), cancellationToken).ConfigureAwait(false));
        return map.Ranges.Any(range => range.Server is null) ? map.With(KnownServers()) : map;
    }

    // Who does not say where it is, is where the multiplexer reaches it.
    private Dictionary<string, RespTarget> KnownServers()
    {
        var known = new Dictionary<string, RespTarget>();
        foreach (var node in connection.Servers.SelectMany(server => server.ClusterConfiguration?.Nodes ?? [])) known[node.NodeId] = RespTarget.Of(node.EndPoint);
        return known;
    }
}
