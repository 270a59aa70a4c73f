namespace Cistern;

/// <summary>The tombstones of a shard, whose memory is taken from the engine's. Used under the shard's lock.</summary>
internal sealed class ShardTombstones(LogBudget budget, ShardEntries entries, long retentionMilliseconds, long? maxBytes)
{
    private readonly TombstoneTable _table = new(retentionMilliseconds, maxBytes);

    public long MemoryBytes => _table.MemoryBytes;

    public long? VersionOf(string key, long now) => _table.MemoryBytes == 0 ? null : _table.VersionOf(key, now);

    public void Remove(string key)
    {
        if (_table.MemoryBytes == 0) return;
        var before = _table.MemoryBytes;
        _table.Remove(key);
        budget.GiveBackMemory(before - _table.MemoryBytes);
    }

    public void RemoveExpired(long now)
    {
        if (_table.MemoryBytes == 0) return;
        var before = _table.MemoryBytes;
        _table.RemoveExpired(now);
        budget.GiveBackMemory(before - _table.MemoryBytes);
    }

    /// <summary>Leaves a tombstone, if there is memory for one; entries may go for it.</summary>
    public void Leave(string key, long version, long now)
    {
        Remove(key);
        var bytes = MemoryCost.OfTombstone(key.Length);
        entries.SpareNone();
        if (!entries.TryTakeMemory(bytes)) return;

        // The table may forget older ones, or this one, to stay within its share.
        var before = _table.MemoryBytes + bytes;
        _table.Leave(key, version, now);
        budget.GiveBackMemory(before - _table.MemoryBytes);
    }
}
