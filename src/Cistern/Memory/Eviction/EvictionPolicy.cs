namespace Cistern;

/// <summary>
/// Orders entries from the first to go to the last. The engine calls it under its lock, once for every change; the policy keeps its
/// order in the links of the entries, so that it allocates nothing.
/// </summary>
internal abstract class EvictionPolicy
{
    private StoredEntry? _oldest;
    private StoredEntry? _newest;

    public static EvictionPolicy Create(EvictionMode mode) => mode == EvictionMode.OldestAdded ? new OldestAddedPolicy() : new LruPolicy();

    /// <summary>Whether a read changes the order; if not, <see cref="Read"/> need not be called.</summary>
    public abstract bool TracksReads { get; }

    /// <summary>The entry that goes first, other than one; null when there is none.</summary>
    public StoredEntry? Victim(StoredEntry? except) => _oldest == except ? except?.Newer : _oldest;

    /// <summary>A new entry.</summary>
    public void Added(StoredEntry entry)
    {
        entry.Older = _newest;
        if (_newest is null) _oldest = entry;
        else _newest.Newer = entry;
        _newest = entry;
    }

    /// <summary>An entry that was read.</summary>
    public abstract void Read(StoredEntry entry);

    /// <summary>An entry whose value was replaced.</summary>
    public abstract void Overwritten(StoredEntry entry);

    /// <summary>An entry that is gone, for whatever reason.</summary>
    public void Removed(StoredEntry entry)
    {
        if (entry.Older is null) _oldest = entry.Newer;
        else entry.Older.Newer = entry.Newer;
        if (entry.Newer is null) _newest = entry.Older;
        else entry.Newer.Older = entry.Older;
        entry.Older = entry.Newer = null;
    }

    /// <summary>All entries are gone.</summary>
    public void Clear() => _oldest = _newest = null;

    protected void MoveToNewest(StoredEntry entry)
    {
        if (_newest == entry) return;
        Removed(entry);
        Added(entry);
    }
}
