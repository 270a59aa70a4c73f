namespace Cistern;

/// <summary>The logs of a shard as eviction sees them, with one entry that must not go. Used under the shard's lock.</summary>
/// <param name="store">The entries.</param>
/// <param name="evicting">Told of an entry's address and the hash of its key before it goes.</param>
internal sealed class ShardLogs(EntryStore store, Action<uint, uint> evicting) : IEvictionLogs
{
    private readonly PeekedEntry[] _oldest = new PeekedEntry[2];
    private bool _wasShort;

    public long SmallBytes => store.SmallBytes;

    public long MainBytes => store.MainBytes;

    /// <summary>The address of the entry that stays, wherever it is moved to; 0: none.</summary>
    public uint Spared { get; set; }

    /// <summary>Whether, since it was last asked, there was no memory for what was to be kept.</summary>
    public bool TakeWasShort()
    {
        var wasShort = _wasShort;
        _wasShort = false;
        return wasShort;
    }

    public bool TryPeek(LogName log, out OldestEntry oldest)
    {
        ref var peeked = ref _oldest[(int)log];
        var isThere = store.TryPeek(log, out peeked);
        oldest = new OldestEntry(peeked.Hash, peeked.Uses, peeked.Bytes);
        return isThere;
    }

    public bool TryKeep(LogName log, int uses)
    {
        ref readonly var peeked = ref _oldest[(int)log];
        if (!store.TryKeep(log, peeked, uses, out var moved))
        {
            _wasShort = true;
            return false;
        }

        if (peeked.Address == Spared) Spared = moved;
        return true;
    }

    public bool TryEvict(LogName log)
    {
        ref readonly var peeked = ref _oldest[(int)log];
        if (peeked.Address == Spared)
        {
            if (store.Count > 1) TryKeep(log, 0);
            return false;
        }

        evicting(peeked.Address, peeked.Hash);
        store.Remove(log, peeked);
        return true;
    }

    public bool TryRelabel(long bytes) => store.TryRelabel(bytes);
}
