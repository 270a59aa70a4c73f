namespace Cistern;

/// <summary>Entries from the first to go to the last, linked through themselves. Used under the table's lock.</summary>
internal sealed class EvictionOrder(EvictionMode mode)
{
    private HeldEntry? _newest;

    public HeldEntry? Oldest { get; private set; }

    /// <summary>The entry that goes first, other than one; null when there is none.</summary>
    public HeldEntry? Victim(HeldEntry? except) => Oldest == except ? except?.Newer : Oldest;

    public void Add(HeldEntry entry)
    {
        entry.Older = _newest;
        if (_newest is null) Oldest = entry;
        else _newest.Newer = entry;
        _newest = entry;
    }

    /// <summary>An entry that was read or overwritten.</summary>
    public void Use(HeldEntry entry)
    {
        if (mode != EvictionMode.Lru || _newest == entry) return;
        Remove(entry);
        Add(entry);
    }

    public void Remove(HeldEntry entry)
    {
        if (entry.Older is null) Oldest = entry.Newer;
        else entry.Older.Newer = entry.Newer;
        if (entry.Newer is null) _newest = entry.Older;
        else entry.Newer.Older = entry.Older;
        entry.Older = entry.Newer = null;
    }

    public void Clear() => Oldest = _newest = null;
}
