using StackExchange.Redis;

namespace Cistern;

/// <summary>Which servers have which slots. Immutable.</summary>
internal sealed class ClusterMap
{
    private ClusterMap(IReadOnlyList<SlotRange> ranges) => Ranges = ranges;

    /// <summary>One server, which has all keys.</summary>
    public static ClusterMap OneServer { get; } = new([]);

    /// <summary>The slots, in order; none where there is one server.</summary>
    public IReadOnlyList<SlotRange> Ranges { get; }

    /// <summary>Reads the answer to <c>CLUSTER SLOTS</c>: for each range its first and last slot, then its master, then the master's replicas. A server is a host, a port and an id.</summary>
    public static ClusterMap Parse(RedisResult answer)
    {
        var ranges = new List<SlotRange>();
        foreach (var range in (RedisResult[])answer!)
        {
            var parts = (RedisResult[])range!;
            var master = (RedisResult[])parts[2]!;
            ranges.Add(new SlotRange((int)parts[0], (int)parts[1], (string)master[2]!, (string?)master[0] is { } host && RespTarget.IsHost(host) ? new RespTarget(host, (int)master[1]) : null));
        }

        return new ClusterMap([.. ranges.OrderBy(range => range.From)]);
    }

    /// <summary>The same with the servers of masters that do not say where they are, by their ids.</summary>
    public ClusterMap With(IReadOnlyDictionary<string, RespTarget> servers) =>
        new([.. Ranges.Select(range => range.Server is null && servers.TryGetValue(range.Node, out var server) ? range with { Server = server } : range)]);

    /// <summary>Who has a slot; null: nobody is known to.</summary>
    public RespTarget? Find(int slot) => RangeOf(slot)?.Server;

    /// <summary>The id of the server that has a slot; null: nobody has.</summary>
    public string? FindNode(int slot) => RangeOf(slot)?.Node;

    private SlotRange? RangeOf(int slot)
    {
        foreach (var range in Ranges)
        {
            if (slot >= range.From && slot <= range.To) return range;
        }

        return null;
    }
}
