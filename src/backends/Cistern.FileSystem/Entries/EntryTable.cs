namespace Cistern;

/// <summary>
/// Every entry and tombstone in memory, within the bounds. Knows the rules of a set and a delete, and nothing of files. Used under a lock.
/// </summary>
internal sealed class EntryTable
{
    // Deleted keys must not crowd out entries: their tombstones get this part of the bound on memory.
    private const int TombstoneShare = 4;

    private readonly FileBackendOptions _options;
    private readonly EntrySlots _slots = new();
    private readonly EndQueue _ends;
    private readonly DeletedVersions _deleted;
    private long _entryBytes;

    // How often entries were kept, how many of these are still in use, and up to which one none is.
    private int _keepings;
    private int _keeping;
    private int _released;

    /// <param name="options">The bounds, resolved.</param>
    /// <param name="removals">Where <see cref="RemovalCount"/> begins.</param>
    public EntryTable(FileBackendOptions options, long removals = 0)
    {
        _options = options;
        RemovalCount = removals;
        _ends = new EndQueue(_slots);
        _deleted = new DeletedVersions((long)Math.Ceiling(options.TombstoneRetention.TotalMilliseconds), options.MaxMemoryBytes / TombstoneShare);
    }

    public int Count => _slots.Count;

    public long SizeBytes { get; private set; }

    public long MemoryBytes => _entryBytes + _deleted.MemoryBytes;

    /// <summary>What entries may hold of the bound on memory: what the tombstones leave of it.</summary>
    public long? MaxEntriesMemoryBytes => _options.MaxMemoryBytes - _deleted.MemoryBytes;

    public long RemovalCount { get; private set; }

    /// <summary>Entries removed for room, and for time, since they were last asked for.</summary>
    public (int Evicted, int Expired) Removed { get; set; }

    public HeldState? FindLive(string key, long now) => _slots.Find(key) is >= 0 and var slot && _slots[slot].State.IsLive(now) ? _slots[slot].State : null;

    /// <summary>Finds the slot of a live entry for a lookup, and refreshes its recency; -1: there is none.</summary>
    public int Use(string key, Func<long> clock)
    {
        var slot = _slots.Find(key);
        if (slot < 0) return slot;
        var end = _slots[slot].State.ExpiresAt;
        if (end != HeldState.Never && end <= clock()) return -1;
        Use(slot);
        return slot;
    }

    /// <summary>The state in a slot, to be used under the lock.</summary>
    public HeldState StateOf(int slot) => _slots[slot].State;

    /// <summary>The state in a slot, whose value may be used without the lock from now on.</summary>
    public HeldState Share(int slot)
    {
        // Not written again where it is so already: many readers may have it in their caches.
        if (!_slots[slot].IsShared) _slots[slot].IsShared = true;
        return _slots[slot].State;
    }

    /// <inheritdoc cref="EntrySlots.PrefetchBucket"/>
    public void PrefetchBucket(string key) => _slots.PrefetchBucket(key);

    /// <summary>Has the processor fetch what a set of a key will touch.</summary>
    public void Prefetch(string key) => _slots.Prefetch(key);

    /// <summary>Whether there could be room for an entry.</summary>
    public bool Fits(string key, long valueLength, IReadOnlyDictionary<string, string>? metadata, long now)
    {
        if (valueLength > _options.MaxSizeBytes) return false;
        if (_options.MaxMemoryBytes is not { } maxMemory) return true;
        var memory = EntryCost.OfEntry(key.Length, valueLength, metadata);
        if (memory + _deleted.MemoryBytes > maxMemory) _deleted.RemoveExpired(now);
        return memory + _deleted.MemoryBytes <= maxMemory;
    }

    public long? TombstoneOf(string key, long now) => _deleted.VersionOf(key, now);

    /// <summary>The version that a deletion leaves behind, and until when; null when a newer entry refuses it.</summary>
    public KeptTombstone? PlanTombstone(string key, long version, long now)
    {
        if (FindLive(key, now)?.Version > version) return null;
        return new KeptTombstone(key, Math.Max(version, _deleted.VersionOf(key, now) ?? version), _deleted.EndFrom(now));
    }

    /// <summary>Stores what a draft says in place of the key's entry and tombstone.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="state">The draft as it will be held; null: it is nothing but a value.</param>
    public void Put(in EntryDraft draft, in HeldState? state)
    {
        RemoveExpired(draft.CreatedAtMilliseconds);
        _deleted.Remove(draft.Key);
        var slot = _slots.Find(draft.Key);
        if (state is not null || slot < 0 || !_slots[slot].CanHold(draft.Value.Length, _released))
        {
            Put(slot, draft.Key, state ?? HeldState.Of(draft, terms: null), isShared: false);
            return;
        }

        var growth = draft.Value.Length - _slots[slot].State.Length;
        MakeRoom(slot, entries: 0, growth, memoryBytes: 0);
        SizeBytes += growth;
        _slots[slot].State = _slots[slot].State.Overwritten(draft);
        Use(slot);
    }

    /// <summary>Stores an entry in place of the key's entry and tombstone. Room is made before, so that no bound is exceeded even for a moment.</summary>
    /// <param name="key">The key.</param>
    /// <param name="state">The entry.</param>
    /// <param name="now">By the clock of the process.</param>
    /// <param name="isShared">Whether somebody may use the value's bytes without the lock.</param>
    public void Put(string key, in HeldState state, long now, bool isShared = false)
    {
        RemoveExpired(now);
        _deleted.Remove(key);
        Put(_slots.Find(key), key, state, isShared);
    }

    /// <summary>Gives an entry another end, of which <paramref name="state"/> is the plan: neither a use nor a set. It may have expired since it was planned: that no longer counts.</summary>
    public void Touch(string key, in HeldState state, long now)
    {
        var slot = _slots.Find(key);
        if (slot < 0)
        {
            Put(key, state, now, isShared: true);
            return;
        }

        _entryBytes += EntryCost.OfEntry(key, state) - EntryCost.OfEntry(key, _slots[slot].State);
        _ends.Forget(slot);
        _slots[slot].State = state;
        _ends.Add(slot);
    }

    /// <summary>Removes the key's entry and tombstone.</summary>
    public void Delete(string key)
    {
        _deleted.Remove(key);
        if (_slots.Find(key) is >= 0 and var slot) Drop(slot);
        Trim();
    }

    /// <summary>Removes the key's entry and leaves a tombstone.</summary>
    public void Bury(in KeptTombstone tombstone, long now)
    {
        RemoveExpired(now);
        if (_slots.Find(tombstone.Key) is >= 0 and var slot) Drop(slot);
        _deleted.Leave(tombstone.Key, tombstone.Version, tombstone.ExpiresAt, now);
        MakeRoom(changing: -1, entries: 0, sizeBytes: 0, memoryBytes: 0);
    }

    public void Clear()
    {
        RemovalCount += _slots.Count;
        _slots.Clear();
        _ends.Clear();
        SizeBytes = 0;
        _entryBytes = 0;
    }

    public void RemoveExpired(long now)
    {
        if (_deleted.Count > 0) _deleted.RemoveExpired(now);
        if (_ends.IsEmpty) return;
        while (_ends.NextExpired(now) is >= 0 and var expired)
        {
            Drop(expired);
            Removed = (Removed.Evicted, Removed.Expired + 1);
        }

        Trim();
    }

    public string[] Keys()
    {
        var keys = new string[_slots.Count];
        var count = 0;
        foreach (var slot in _slots.InOrder()) keys[count++] = _slots[slot].Key!;
        return keys;
    }

    /// <summary>Every entry as it is now, the first to go first, to be read without the lock until <see cref="ReleaseKept"/>.</summary>
    public KeptEntry[] KeepEntries()
    {
        var kept = new KeptEntry[_slots.Count];
        var count = 0;
        _keeping++;
        _keepings++;
        foreach (var slot in _slots.InOrder())
        {
            _slots[slot].KeptIn = _keepings;
            kept[count++] = new KeptEntry(_slots[slot].Key!, _slots[slot].State);
        }

        return kept;
    }

    /// <summary>Ends one use of kept entries.</summary>
    public void ReleaseKept()
    {
        if (--_keeping == 0) _released = _keepings;
    }

    public KeptTombstone[] KeepTombstones() => _deleted.Keep();

    // In the slot that the key has, or a new one.
    private void Put(int slot, string key, in HeldState state, bool isShared)
    {
        var memory = EntryCost.OfEntry(key, state);
        var (sizeBefore, memoryBefore) = slot < 0 ? (0, 0) : (_slots[slot].State.Length, EntryCost.OfEntry(key, _slots[slot].State));
        MakeRoom(slot, slot < 0 ? 1 : 0, state.Length - sizeBefore, memory - memoryBefore);
        if (slot < 0)
        {
            slot = _slots.Add(key, state, isShared);
        }
        else
        {
            Discount(slot);
            _slots[slot].State = state;
            _slots[slot].IsShared = isShared;
            _slots[slot].KeptIn = 0;
            Use(slot);
        }

        SizeBytes += state.Length;
        _entryBytes += memory;
        _ends.Add(slot);
    }

    private void Use(int slot)
    {
        if (_options.Eviction == EvictionMode.Lru) _slots.MoveToNewest(slot);
    }

    private void MakeRoom(int changing, int entries, long sizeBytes, long memoryBytes)
    {
        while ((_slots.Count + entries > _options.Capacity
                || SizeBytes + sizeBytes > _options.MaxSizeBytes
                || MemoryBytes + memoryBytes > _options.MaxMemoryBytes)
            && Victim(changing) is >= 0 and var victim)
        {
            Drop(victim);
            Removed = (Removed.Evicted + 1, Removed.Expired);
        }
    }

    private int Victim(int changing) => _slots.Oldest != changing || changing < 0 ? _slots.Oldest : _slots[changing].Newer;

    private void Drop(int slot)
    {
        Discount(slot);
        _slots.Remove(slot);
        RemovalCount++;
    }

    private void Discount(int slot)
    {
        SizeBytes -= _slots[slot].State.Length;
        _entryBytes -= EntryCost.OfEntry(_slots[slot].Key!, _slots[slot].State);
        _ends.Forget(slot);
    }

    private void Trim()
    {
        if (_slots.Trim()) _ends.Rebuild();
    }
}
