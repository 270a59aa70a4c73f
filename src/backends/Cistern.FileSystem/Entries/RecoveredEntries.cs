namespace Cistern;

/// <summary>
/// Does with a table what the files say, by this process's clock. What has ended by now leaves the table, but is remembered until all is read: a
/// later record may have given it more time.
/// </summary>
internal sealed class RecoveredEntries(EntryTable table, long now)
{
    private readonly Dictionary<string, HeldState> _ended = [];

    /// <summary>An entry; one that no longer fits is not taken.</summary>
    public void Take(string key, in HeldState state)
    {
        _ended.Remove(key);
        var taken = state.Clamped(now);
        var isLive = taken.IsLive(now);
        if (isLive && table.Fits(key, taken.Length, taken.Metadata, now))
        {
            table.Put(key, taken, now);
            return;
        }

        table.Delete(key);
        if (!isLive) _ended.Add(key, taken);
    }

    /// <summary>Another end of an entry, unless the entry is not there.</summary>
    public void Touch(string key, long expiresAt, long timeToLive)
    {
        if (_ended.TryGetValue(key, out var held))
        {
            Take(key, held.Ending(expiresAt, timeToLive));
        }
        else if (table.FindLive(key, now) is { } live)
        {
            var touched = live.Ending(expiresAt, timeToLive).Clamped(now);
            if (touched.IsLive(now)) table.Touch(key, touched, now);
            else Take(key, touched);
        }
    }

    /// <summary>The key's entry and tombstone are gone.</summary>
    public void Delete(string key)
    {
        _ended.Remove(key);
        table.Delete(key);
    }

    /// <summary>The key's entry is gone, and has left a tombstone, which may have ended.</summary>
    public void Bury(in KeptTombstone tombstone)
    {
        _ended.Remove(tombstone.Key);
        if (tombstone.ExpiresAt <= now) table.Delete(tombstone.Key);
        else table.Bury(tombstone, now);
    }

    public void Clear()
    {
        _ended.Clear();
        table.Clear();
    }
}
