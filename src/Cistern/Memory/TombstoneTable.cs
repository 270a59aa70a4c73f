namespace Cistern;

/// <summary>
/// The versions of deleted keys, each for the same time, and within a bound on memory beyond which the oldest are forgotten. Used under
/// the engine's lock.
/// </summary>
internal sealed class TombstoneTable(long retentionMilliseconds, long? maxMemoryBytes)
{
    private readonly Dictionary<string, Tombstone> _tombstones = [];
    private readonly LinkedList<string> _oldestFirst = new();

    public long MemoryBytes { get; private set; }

    /// <summary>The version of a key's tombstone; null when there is none.</summary>
    public long? VersionOf(string key, long now) =>
        _tombstones.TryGetValue(key, out var tombstone) && now < tombstone.ExpiresAt ? tombstone.Version : null;

    /// <summary>Leaves a tombstone, for its full time from now.</summary>
    public void Leave(string key, long version, long now)
    {
        Remove(key);
        _tombstones.Add(key, new Tombstone(version, now + retentionMilliseconds, _oldestFirst.AddLast(key)));
        MemoryBytes += MemoryCost.OfTombstone(key.Length);
        while (MemoryBytes > maxMemoryBytes) Remove(_oldestFirst.First!.Value);
    }

    public void Remove(string key)
    {
        if (!_tombstones.Remove(key, out var tombstone)) return;
        _oldestFirst.Remove(tombstone.Place);
        MemoryBytes -= MemoryCost.OfTombstone(key.Length);
    }

    public void RemoveExpired(long now)
    {
        while (_oldestFirst.First is { } oldest && _tombstones[oldest.Value].ExpiresAt <= now) Remove(oldest.Value);
    }

    private readonly record struct Tombstone(long Version, long ExpiresAt, LinkedListNode<string> Place);
}
