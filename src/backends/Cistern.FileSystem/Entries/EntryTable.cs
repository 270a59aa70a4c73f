namespace Cistern;

/// <summary>
/// Every entry and tombstone in memory, within the bounds. Knows the rules of a set and a delete, and nothing of files. Used under a lock.
/// </summary>
internal sealed class EntryTable
{
    // Deleted keys must not crowd out entries: their tombstones get this part of the bound on memory.
    private const int TombstoneShare = 4;

    private readonly FileBackendOptions _options;
    private readonly Dictionary<string, HeldEntry> _entries = [];
    private readonly EvictionOrder _order;
    private readonly EndQueue _ends = new();
    private readonly DeletedVersions _deleted;
    private long _entryBytes;

    public EntryTable(FileBackendOptions options)
    {
        _options = options;
        _order = new EvictionOrder(options.Eviction);
        _deleted = new DeletedVersions((long)Math.Ceiling(options.TombstoneRetention.TotalMilliseconds), options.MaxMemoryBytes / TombstoneShare);
    }

    public int Count => _entries.Count;

    public long SizeBytes { get; private set; }

    public long MemoryBytes => _entryBytes + _deleted.MemoryBytes;

    /// <summary>What entries may hold of the bound on memory: what the tombstones leave of it.</summary>
    public long? MaxEntriesMemoryBytes => _options.MaxMemoryBytes - _deleted.MemoryBytes;

    public long RemovalCount { get; private set; }

    /// <summary>Entries removed for room, and for time, since they were last asked for.</summary>
    public (int Evicted, int Expired) Removed { get; set; }

    public IEnumerable<string> Keys => _entries.Keys;

    public HeldState? FindLive(string key, long now) => _entries.TryGetValue(key, out var entry) && entry.State.IsLive(now) ? entry.State : null;

    /// <summary>Finds a live entry for a lookup, and refreshes its recency.</summary>
    public HeldState? Use(string key, Func<long> clock)
    {
        if (!_entries.TryGetValue(key, out var entry)) return null;
        var state = entry.State;
        if (state.ExpiresAt != HeldState.Never && !state.IsLive(clock())) return null;
        _order.Use(entry);
        return state;
    }

    public bool Fits(string key, HeldState state) =>
        !(state.Value.Length > _options.MaxSizeBytes) && !(EntryCost.OfEntry(key, state) + _deleted.MemoryBytes > _options.MaxMemoryBytes);

    public long? TombstoneOf(string key, long now) => _deleted.VersionOf(key, now);

    /// <summary>The version that a deletion leaves behind, and until when; null when a newer entry refuses it.</summary>
    public KeptTombstone? PlanTombstone(string key, long version, long now)
    {
        if (FindLive(key, now)?.Version > version) return null;
        return new KeptTombstone(key, Math.Max(version, _deleted.VersionOf(key, now) ?? version), _deleted.EndFrom(now));
    }

    /// <summary>Stores an entry in place of the key's entry and tombstone. Room is made before, so that no bound is exceeded even for a moment.</summary>
    public void Put(string key, HeldState state, long now)
    {
        RemoveExpired(now);
        _deleted.Remove(key);
        _entries.TryGetValue(key, out var entry);
        var memory = EntryCost.OfEntry(key, state);
        MakeRoom(entry, entry is null ? 1 : 0, state.Value.Length - (entry?.State.Value.Length ?? 0), memory - (entry is null ? 0 : EntryCost.OfEntry(key, entry.State)));
        if (entry is null)
        {
            entry = new HeldEntry(key, state);
            _entries.Add(key, entry);
            _order.Add(entry);
        }
        else
        {
            Discount(entry);
            entry.State = state;
            _order.Use(entry);
        }

        SizeBytes += state.Value.Length;
        _entryBytes += memory;
        _ends.Add(entry);
    }

    /// <summary>Stores an entry that comes from a file, by this process's clock; one that has expired meanwhile, or no longer fits, is not taken.</summary>
    public void Take(string key, HeldState state, long now)
    {
        var taken = state.Clamped(now);
        if (taken.IsLive(now) && Fits(key, taken)) Put(key, taken, now);
        else Delete(key);
    }

    /// <summary>Moves the end of an entry as a file says, by this process's clock.</summary>
    public void Touch(string key, long expiresAt, long timeToLive, long now)
    {
        if (_entries.TryGetValue(key, out var entry)) Touch(key, entry.State.Ending(expiresAt, timeToLive).Clamped(now));
    }

    /// <summary>Gives an entry another state of the same value: neither a use nor a set.</summary>
    public void Touch(string key, HeldState state)
    {
        if (!_entries.TryGetValue(key, out var entry)) return;
        _ends.Forget(entry.State);
        entry.State = state;
        _ends.Add(entry);
    }

    /// <summary>Removes the key's entry and tombstone.</summary>
    public void Delete(string key)
    {
        _deleted.Remove(key);
        if (_entries.TryGetValue(key, out var entry)) Drop(entry);
    }

    /// <summary>Removes the key's entry and leaves a tombstone.</summary>
    public void Bury(in KeptTombstone tombstone, long now)
    {
        if (_entries.TryGetValue(tombstone.Key, out var entry)) Drop(entry);
        _deleted.Leave(tombstone.Key, tombstone.Version, tombstone.ExpiresAt, now);
        MakeRoom(changing: null, entries: 0, sizeBytes: 0, memoryBytes: 0);
    }

    public void Clear()
    {
        RemovalCount += _entries.Count;
        foreach (var entry in _entries.Values) entry.IsGone = true;
        _entries.Clear();
        _order.Clear();
        _ends.Clear();
        SizeBytes = 0;
        _entryBytes = 0;
    }

    public void RemoveExpired(long now)
    {
        if (_deleted.Count > 0) _deleted.RemoveExpired(now);
        if (_ends.IsEmpty) return;
        while (_ends.NextExpired(now) is { } expired)
        {
            Drop(expired);
            Removed = (Removed.Evicted, Removed.Expired + 1);
        }
    }

    /// <summary>Every entry as it is now, the first to go first.</summary>
    public KeptEntry[] KeepEntries()
    {
        var kept = new KeptEntry[_entries.Count];
        var count = 0;
        for (var entry = _order.Oldest; entry is not null; entry = entry.Newer) kept[count++] = new KeptEntry(entry.Key, entry.State);
        return kept;
    }

    public KeptTombstone[] KeepTombstones() => _deleted.Keep();

    private void MakeRoom(HeldEntry? changing, int entries, long sizeBytes, long memoryBytes)
    {
        while ((_entries.Count + entries > _options.Capacity
                || SizeBytes + sizeBytes > _options.MaxSizeBytes
                || MemoryBytes + memoryBytes > _options.MaxMemoryBytes)
            && _order.Victim(changing) is { } victim)
        {
            Drop(victim);
            Removed = (Removed.Evicted + 1, Removed.Expired);
        }
    }

    private void Drop(HeldEntry entry)
    {
        _entries.Remove(entry.Key);
        _order.Remove(entry);
        Discount(entry);
        entry.IsGone = true;
        RemovalCount++;
    }

    private void Discount(HeldEntry entry)
    {
        SizeBytes -= entry.State.Value.Length;
        _entryBytes -= EntryCost.OfEntry(entry.Key, entry.State);
        _ends.Forget(entry.State);
    }
}
