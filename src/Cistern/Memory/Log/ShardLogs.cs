namespace Cistern;

/// <summary>The logs of a shard as eviction sees them, with one entry that must not go. Used under the shard's lock.</summary>
/// <param name="store">The entries.</param>
/// <param name="evicting">Told of an entry's address and the hash of its key before it goes.</param>
internal sealed class ShardLogs(EntryStore store, Action<uint, uint> evicting) : IEvictionLogs
{
    private readonly Oldest[] _oldest = new Oldest[2];

    public long SmallBytes => store.SmallBytes;

    public long MainBytes => store.MainBytes;

    /// <summary>The address of the entry that stays, wherever it is moved to; 0: none.</summary>
    public uint Spared { get; set; }

    public bool TryPeek(LogName log, out OldestEntry oldest)
    {
        var isThere = store.TryPeek(log, out var address, out var hash, out var uses, out var bytes);
        _oldest[(int)log] = new Oldest(address, hash, bytes);
        oldest = new OldestEntry(hash, uses, bytes);
        return isThere;
    }

    public bool TryKeep(LogName log, int uses)
    {
        var (address, hash, bytes) = _oldest[(int)log];
        if (!store.TryKeep(address, hash, bytes, uses, out var moved)) return false;
        if (address == Spared) Spared = moved;
        return true;
    }

    public bool TryEvict(LogName log)
    {
        var (address, hash, _) = _oldest[(int)log];
        if (address == Spared)
        {
            if (store.Count > 1) TryKeep(log, 0);
            return false;
        }

        evicting(address, hash);
        store.Remove(address, hash);
        return true;
    }

    public bool TryRelabel(long bytes) => store.TryRelabel(bytes);

    private readonly record struct Oldest(uint Address, uint Hash, int Bytes);
}
