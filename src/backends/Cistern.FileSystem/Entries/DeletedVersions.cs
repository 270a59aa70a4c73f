namespace Cistern;

/// <summary>
/// The tombstones: versions of deleted keys, the one that ends next first, and within a bound on memory beyond which the oldest are
/// forgotten. Used under the table's lock.
/// </summary>
internal sealed class DeletedVersions(long retentionMilliseconds, long? maxMemoryBytes)
{
    private readonly Dictionary<string, (long Version, long ExpiresAt, LinkedListNode<string> Place)> _tombstones = [];
    private readonly LinkedList<string> _oldestFirst = new();

    public int Count => _tombstones.Count;

    public long MemoryBytes { get; private set; }

    /// <summary>When a tombstone that is left now is forgotten.</summary>
    public long EndFrom(long now) => now + retentionMilliseconds;

    /// <summary>The version of a key's tombstone; null when there is none.</summary>
    public long? VersionOf(string key, long now) =>
        _tombstones.TryGetValue(key, out var tombstone) && now < tombstone.ExpiresAt ? tombstone.Version : null;

    /// <summary>Leaves a tombstone. It lasts no longer than its full time from now, though its end may come from before the clock was set back.</summary>
    public void Leave(string key, long version, long expiresAt, long now)
    {
        Remove(key);
        _tombstones.Add(key, (version, Math.Min(expiresAt, EndFrom(now)), _oldestFirst.AddLast(key)));
        MemoryBytes += EntryCost.OfTombstone(key.Length);
        while (MemoryBytes > maxMemoryBytes) Remove(_oldestFirst.First!.Value);
    }

    public bool Remove(string key)
    {
        if (!_tombstones.Remove(key, out var tombstone)) return false;
        _oldestFirst.Remove(tombstone.Place);
        MemoryBytes -= EntryCost.OfTombstone(key.Length);
        return true;
    }

    public void RemoveExpired(long now)
    {
        while (_oldestFirst.First is { } oldest && _tombstones[oldest.Value].ExpiresAt <= now) Remove(oldest.Value);
    }

    /// <summary>Every tombstone, the oldest first.</summary>
    public KeptTombstone[] Keep() => [.. _oldestFirst.Select(key => new KeptTombstone(key, _tombstones[key].Version, _tombstones[key].ExpiresAt))];
}
