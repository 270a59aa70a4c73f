using StackExchange.Redis;

namespace Cistern;

/// <summary>Which servers have which slots. Immutable.</summary>
internal sealed class ClusterMap
{
    private ClusterMap(IReadOnlyList<SlotRange> ranges)
    {
        Ranges = ranges;
        Routes = ranges.Count == 0 ? [""] : [.. ranges.DistinctBy(range => (range.Host, range.Port)).Select(range => (RedisKey)HashSlot.KeyIn(range.From))];
    }

    /// <summary>One server, which has all keys.</summary>
    public static ClusterMap OneServer { get; } = new([]);

    /// <summary>The slots, in order; none where there is one server.</summary>
    public IReadOnlyList<SlotRange> Ranges { get; }

    /// <summary>For each server that has keys of its own, a key that it would have: what is asked with that key, is asked of that server.</summary>
    public IReadOnlyList<RedisKey> Routes { get; }

    /// <summary>Reads the answer to <c>CLUSTER SLOTS</c>: for each range its first and last slot, then its master, then the master's replicas.</summary>
    public static ClusterMap Parse(RedisResult answer)
    {
        var ranges = new List<SlotRange>();
        foreach (var range in (RedisResult[])answer!)
        {
            var parts = (RedisResult[])range!;
            var master = (RedisResult[])parts[2]!;
            ranges.Add(new SlotRange((int)parts[0], (int)parts[1], (string?)master[0] ?? "", (int)master[1]));
        }

        return new ClusterMap([.. ranges.OrderBy(range => range.From)]);
    }

    /// <summary>Who has a slot.</summary>
    /// <exception cref="IOException">Nobody has.</exception>
    public RespTarget Find(int slot)
    {
        foreach (var range in Ranges)
        {
            if (slot >= range.From && slot <= range.To) return new RespTarget(range.Host, range.Port);
        }

        throw new IOException($"no server of the cluster has the slot {slot}");
    }

    /// <summary>Whether the same servers have the same slots.</summary>
    public bool IsSame(ClusterMap other) => Ranges.SequenceEqual(other.Ranges);
}
