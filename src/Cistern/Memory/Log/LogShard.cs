using System.Buffers;

namespace Cistern;

/// <summary>
/// A part of an engine's entries, by their keys' hashes, and the rules of the contract over them. Lookups take no lock; whatever changes something takes the
/// shard's. Safe for concurrent use.
/// </summary>
internal sealed class LogShard
{
    // So often a lookup that was disturbed begins anew before it takes the lock.
    private const int ReadsWithoutLock = 8;
    private const int SpinsWhileChanged = 8;

    private readonly Lock _lock = new();
    private readonly ShardEntries _entries;
    private readonly EntryStore _store;
    private readonly EntryReader _reader;
    private readonly ShardTombstones _tombstones;
    private readonly LogBudget _budget;
    private readonly LogSurroundings _surroundings;

    public LogShard(LogBudget budget, LogSurroundings surroundings, int segmentBytes)
    {
        _budget = budget;
        _surroundings = surroundings;
        _entries = new ShardEntries(budget, surroundings, segmentBytes);
        _store = _entries.Store;
        _reader = _store.Reader;
        _tombstones = new ShardTombstones(budget, _entries, surroundings.RetentionMilliseconds, surroundings.MaxTombstoneBytes);
    }

    /// <summary>What it holds. To be asked without the lock for what is but an estimate then.</summary>
    public ShardEntries Entries => _entries;

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="isUse">Whether a hit counts as a use.</param>
    /// <param name="sink">Takes the value; it counts when the key is there.</param>
    public bool Search<TSink>(string key, uint hash, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        for (var attempt = 0; attempt < ReadsWithoutLock; attempt++)
        {
            switch (_reader.Search(key, hash, isUse, ref sink))
            {
                case ReadResult.Found:
                    return true;
                case ReadResult.Missing:
                    return false;
                case ReadResult.Expired:
                    attempt = ReadsWithoutLock;
                    break;
                default:
                    Thread.SpinWait(SpinsWhileChanged);
                    break;
            }
        }

        // Too much is being changed, or the entry has expired.
        return SearchLocked(key, hash, isUse, ref sink);
    }

    public CacheEntry? GetEntry(string key, uint hash)
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            if (!_store.TryFind(key, hash, out var found)) return null;
            var head = found.Head;
            return new CacheEntry
            {
                Key = key,
                Value = head.Value.ToArray(),
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(head.Created + _surroundings.Began),
                ExpiresAt = StoredEntry.Instant(head.End),
                AbsoluteExpiration = StoredEntry.Instant(head.AbsoluteEnd),
                Metadata = MetadataBytes.Read(head.Metadata),
                Version = head.Version,
            };
        }
    }

    /// <summary>Stores an entry.</summary>
    /// <param name="draft">The entry.</param>
    /// <param name="hash">The hash of its key.</param>
    /// <param name="metadata">Its metadata as bytes.</param>
    /// <param name="isBusy">Receives whether it is too large only because shards that could make room were busy.</param>
    public SetOutcome Set(in EntryDraft draft, uint hash, byte[] metadata, out bool isBusy)
    {
        lock (_lock)
        {
            _entries.TakeWasBusy();
            var outcome = Store(draft, hash, metadata);
            isBusy = outcome == SetOutcome.TooLarge && _entries.TakeWasBusy();
            return outcome;
        }
    }

    /// <summary>Stores some of a batch's entries at once, as others see it.</summary>
    /// <param name="drafts">The batch.</param>
    /// <param name="hashes">The hashes of its keys.</param>
    /// <param name="chosen">The numbers of those that are this shard's.</param>
    /// <param name="outcomes">Receives what became of each of them.</param>
    /// <param name="maxValueBytes">The longest value that is taken.</param>
    /// <returns>Whether some may be too large only because shards that could make room were busy.</returns>
    public bool SetMany(ReadOnlySpan<EntryDraft> drafts, ReadOnlySpan<uint> hashes, ReadOnlySpan<int> chosen, Span<SetOutcome> outcomes, long maxValueBytes)
    {
        lock (_lock)
        {
            _entries.TakeWasBusy();

            // Readers wait for the end: they see all of it, or nothing.
            _reader.BeginChange();
            try
            {
                foreach (var i in chosen)
                {
                    ref readonly var draft = ref drafts[i];
                    outcomes[i] = draft.Value.Length > maxValueBytes ? SetOutcome.TooLarge : Store(draft, hashes[i], MetadataBytes.Write(draft.Metadata));
                }
            }
            finally
            {
                _reader.EndChange();
            }

            return _entries.TakeWasBusy();
        }
    }

    public bool Touch(string key, uint hash, long? expiresAt)
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            if (!_store.TryFind(key, hash, out var found)) return false;
            var head = found.Head;
            var end = Math.Min(expiresAt ?? StoredEntry.Never, head.AbsoluteEnd);
            if (head.HasEnd != (end != StoredEntry.Never))
            {
                Rewrite(key, hash, found, end);
                return true;
            }

            // Room for the end may take an entry's, or move this one.
            if (end == StoredEntry.Never || !_entries.TryMakeRoomForEnd(key, hash) || !_store.TryFind(key, hash, out found)) return true;
            var before = found.Head.End;
            _reader.BeginChange();
            found.Head.WriteEnd(end);
            _reader.EndChange();
            _entries.Ends.Change(hash, before, end);
            return true;
        }
    }

    public bool Delete(string key, uint hash, long? version)
    {
        lock (_lock)
        {
            var now = _surroundings.Now();
            RemoveExpired(now);
            var isThere = _store.TryFind(key, hash, out var found);
            if (isThere && found.Head.Version > version) return false;
            if (isThere) _entries.Drop(found.Address, hash);
            if (version is { } deletion) _tombstones.Leave(key, Math.Max(deletion, _tombstones.VersionOf(key, now) ?? deletion), now);
            else _tombstones.Remove(key);
            return isThere;
        }
    }

    /// <summary>Deletes some keys at once, as others see it; returns how many live entries were there.</summary>
    public long DeleteMany(IEnumerable<(string Key, uint Hash)> keys)
    {
        lock (_lock)
        {
            _reader.BeginChange();
            try { return keys.LongCount(key => Delete(key.Key, key.Hash, version: null)); }
            finally { _reader.EndChange(); }
        }
    }

    public long Clear()
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            return _entries.Clear();
        }
    }

    public void AddKeys(List<string> keys)
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            foreach (var slot in _store.Slots()) keys.Add(_store.HeadAt(SlotTable.AddressOf(slot)).ReadKey());
        }
    }

    /// <summary>What is held: entries, bytes of values, all bytes, bytes of tombstones, and how many entries have been removed.</summary>
    public (long Entries, long SizeBytes, long MemoryBytes, long TombstoneBytes, long Removals) Usage()
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            return (_store.Count, _entries.SizeBytes, _entries.HeldBytes + _tombstones.MemoryBytes, _tombstones.MemoryBytes, _entries.RemovalCount);
        }
    }

    /// <summary>Evicts an entry; null: there is none.</summary>
    public string? EvictOne()
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            _entries.SpareNone();
            _entries.IsKeyWanted = true;
            var isEvicted = _entries.TryEvict();
            _entries.IsKeyWanted = false;
            return isEvicted ? _entries.EvictedKey : null;
        }
    }

    /// <summary>Evicts an entry so that another shard has room; false: nothing was evicted.</summary>
    /// <param name="waits">Whether to wait for other threads: not while the lock of another shard is held.</param>
    /// <param name="isBusy">Receives whether another thread was in the way.</param>
    public bool TryEvictForAnother(bool waits, out bool isBusy)
    {
        isBusy = false;

        // A search for room that has come back to where it began.
        if (_lock.IsHeldByCurrentThread) return false;
        if (waits)
        {
            _lock.Enter();
        }
        else if (!_lock.TryEnter())
        {
            isBusy = true;
            return false;
        }

        try
        {
            return _entries.TryGiveBackForAnother();
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Evicts until a segment is free, or nothing is left; returns how many entries.</summary>
    public int Trim()
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            return _entries.Trim();
        }
    }

    /// <summary>Gives back what is held beyond what its entries need; returns whether there are none.</summary>
    public bool GiveBackUnneeded()
    {
        lock (_lock)
        {
            if (_store.Count == 0) _entries.Clear();
            else _store.ShrinkTable();
            return _store.Count == 0;
        }
    }

    private bool SearchLocked<TSink>(string key, uint hash, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        lock (_lock)
        {
            RemoveExpired(_surroundings.Now());
            if (!_store.TryFind(key, hash, out var found)) return false;
            sink.TryTake(_store.BytesAt(found.Address).Segment, found.Head.Value);
            if (isUse) found.Use();
            return true;
        }
    }

    private SetOutcome Store(in EntryDraft draft, uint hash, byte[] metadata)
    {
        RemoveExpired(draft.CreatedAtMilliseconds);
        var isThere = _store.TryFind(draft.Key, hash, out var found);
        if (!Fits(draft, metadata)) return SetOutcome.TooLarge;
        if (draft.Condition != SetCondition.Always && draft.Refusal(isThere, isThere ? found.Head.Version : null, TombstoneOf(draft)) is { } refused) return refused;
        if (draft.ExpiresAtMilliseconds is not null)
        {
            // Room for the end may take an entry's, or move this one.
            if (!_entries.TryMakeRoomForEnd(draft.Key, hash)) return SetOutcome.TooLarge;
            isThere = _store.TryFind(draft.Key, hash, out found);
        }

        var parts = DraftParts.Of(draft, metadata, _surroundings.Began);
        var isStored = isThere
            ? _entries.TryWriteOver(found, draft, parts, hash) || _entries.TryReplace(found, draft, parts, hash, metadata)
            : _entries.TryAdd(draft, parts, hash, metadata);
        if (!isStored) return SetOutcome.TooLarge;
        if (draft.Condition != SetCondition.IfNewer || TombstoneOf(draft) is not null) _tombstones.Remove(draft.Key);
        _store.Collect();
        return SetOutcome.Stored;
    }

    // With an end or without, an entry is of another length. Where there is no room for that, it keeps the end it has.
    private void Rewrite(string key, uint hash, in FoundEntry found, long end)
    {
        var head = found.Head;
        var draft = new EntryDraft
        {
            Key = key,
            Value = new ReadOnlySequence<byte>(head.Value.ToArray()),
            CreatedAtMilliseconds = head.Created + _surroundings.Began,
            ExpiresAtMilliseconds = end == StoredEntry.Never ? null : end,
            AbsoluteExpirationMilliseconds = head.AbsoluteEnd == StoredEntry.Never ? null : head.AbsoluteEnd,
            Version = head.Version,
        };
        var metadata = head.Metadata.ToArray();
        var parts = DraftParts.Of(draft, metadata, _surroundings.Began);
        if (end != StoredEntry.Never && !_entries.TryMakeRoomForEnd(key, hash)) return;
        if (_store.TryFind(key, hash, out var moved)) _entries.TryReplace(moved, draft, parts, hash, metadata);
    }

    private bool Fits(in EntryDraft draft, byte[] metadata)
    {
        if (!_budget.CouldHoldValue(draft.Value.Length)) return false;
        if (!_budget.IsMemoryBounded) return true;
        var longest = EntryHead.MostOverheadBytes + 2L * draft.Key.Length + draft.Value.Length + metadata.Length;
        return _store.CouldHold(longest);
    }

    private void RemoveExpired(long now)
    {
        _tombstones.RemoveExpired(now);
        if (_entries.Ends.IsEmpty) return;
        var expired = 0;
        for (; _entries.Ends.TryTakeExpired(now, out var address, out var hash); expired++) _entries.Drop(address, hash);
        if (expired > 0) _surroundings.Expired(expired);
    }

    private long? TombstoneOf(in EntryDraft draft) => draft.Version is null ? null : _tombstones.VersionOf(draft.Key, draft.CreatedAtMilliseconds);
}
