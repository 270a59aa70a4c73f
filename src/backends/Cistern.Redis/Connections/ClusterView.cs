using StackExchange.Redis;

namespace Cistern;

/// <summary>Where a cluster's keys are, the slots included that are on their way. Immutable.</summary>
internal sealed class ClusterView
{
    private readonly ClusterMap _map;
    private readonly Dictionary<int, OpenSlot> _openSlots = [];

    /// <summary>Makes one.</summary>
    /// <param name="map">Who has which slots.</param>
    /// <param name="nodes">What the nodes say that could be asked.</param>
    /// <param name="routes">For each of them, by its id, a key: what is asked with that key, is asked of that node.</param>
    public ClusterView(ClusterMap map, IEnumerable<ClusterNode> nodes, IReadOnlyDictionary<string, RedisKey> routes)
    {
        _map = map;
        Routes = routes;
        foreach (var open in nodes.SelectMany(node => node.OpenSlots)) _openSlots[open.Slot] = open;
    }

    /// <summary>For each server that has keys, by its id, a key that it would have. One without an id is no cluster's.</summary>
    public IReadOnlyDictionary<string, RedisKey> Routes { get; }

    /// <summary>The ids of the servers that a slot's keys may be on: none, one, or the two of an open slot.</summary>
    public (string? Owner, string? Receiver) HoldersOf(int slot) => (_map.FindNode(slot), _openSlots.TryGetValue(slot, out var open) ? open.To : null);
}
