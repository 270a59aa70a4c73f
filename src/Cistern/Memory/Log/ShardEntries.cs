namespace Cistern;

/// <summary>
/// The entries of a shard and what they take: their logs and ends, and of the engine's bounds. Makes room by evicting. Knows nothing of conditions and
/// versions. Used under the shard's lock.
/// </summary>
internal sealed class ShardEntries
{
    /// <summary>Longer values are not written over the ones before them: they are read in place, and readers of others would wait for too long.</summary>
    public const int MostBytesWrittenOver = 512;

    private const int MostSteps = 64;

    // Beyond this part more entries than eviction remembers keys for, it begins anew with more room.
    private const int GrowthShare = 4;

    // Below this part of what shards have on average, memory is taken from others first.
    private const int FarBelowPart = 2;

    private readonly LogBudget _budget;
    private readonly LogSurroundings _surroundings;
    private readonly LogEviction _eviction;
    private readonly ShardLogs _logs;
    private readonly LearnedRoom _room;
    private long _ahead;
    private long _evictionBytes;
    private bool _isPreparing;
    private bool _wasBusy;

    public ShardEntries(LogBudget budget, LogSurroundings surroundings, int segmentBytes)
    {
        _budget = budget;
        _surroundings = surroundings;
        _eviction = new LogEviction(surroundings.Goal);
        _room = new LearnedRoom(segmentBytes);
        Store = new EntryStore(budget, segmentBytes, surroundings);
        Ends = new EntryEnds(Store, budget);
        _logs = new ShardLogs(Store, Evicting);
    }

    public EntryStore Store { get; }

    public EntryEnds Ends { get; }

    public long SizeBytes { get; private set; }

    public long RemovalCount { get; private set; }

    /// <summary>What everything holds in memory.</summary>
    public long HeldBytes => Store.HeldBytes + Ends.MemoryBytes + _evictionBytes;

    /// <summary>The key of the entry that was evicted last, if somebody has asked for it before.</summary>
    public string? EvictedKey { get; set; }

    /// <summary>Whether <see cref="EvictedKey"/> is wanted.</summary>
    public bool IsKeyWanted { get; set; }

    /// <summary>Whether, since it was last asked, room was refused only because other shards were busy.</summary>
    public bool TakeWasBusy()
    {
        var wasBusy = _wasBusy;
        _wasBusy = false;
        return wasBusy;
    }

    /// <summary>Writes a new entry.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryAdd(in EntryDraft draft, in DraftParts parts, uint hash, byte[] metadata)
    {
        _logs.Spared = 0;
        if (!TryTakeRoom(1, draft.Value.Length)) return false;
        MakeRoomAhead(parts.Length);
        if (TryMakePlace() && TryWrite(_eviction.LogOfNew(hash, _surroundings.Choice.Rule), parts, metadata, out var address))
        {
            SizeBytes += draft.Value.Length;
            Store.Publish(address, hash);
            Ends.Change(hash, StoredEntry.Never, draft.ExpiresAtMilliseconds ?? StoredEntry.Never);
            _ahead = 0;
            if (EvictionChoice.SampleOf(hash) < _surroundings.Choice.SampledBelow) _surroundings.Choice.Note(hash, (int)parts.Length);
            return true;
        }

        _budget.GiveBack(1, draft.Value.Length);
        return false;
    }

    /// <summary>Writes an entry in place of its predecessor, which stays as it is when there is no room.</summary>
    public bool TryReplace(in FoundEntry found, in EntryDraft draft, in DraftParts parts, uint hash, byte[] metadata)
    {
        var growth = draft.Value.Length - found.Head.ValueLength;
        var growthInMemory = parts.Length - found.Head.Length;
        var taken = Math.Max(growth, 0);
        var uses = Math.Min(found.Uses + 1, LogEviction.MostUses);
        _logs.Spared = found.Address;
        if (!TryTakeRoom(0, taken)) return false;
        MakeRoomAhead(growthInMemory);
        var isWritten = TryWrite(Store.LogAt(_logs.Spared), parts, metadata, out var written);

        // It may have moved, to make room.
        var old = _logs.Spared;
        _logs.Spared = 0;
        if (isWritten)
        {
            var end = Store.HeadAt(old).End;
            SizeBytes += growth;
            Store.Replace(old, written, hash, uses);
            Ends.Change(hash, end, draft.ExpiresAtMilliseconds ?? StoredEntry.Never);
            if (growth < 0) _budget.GiveBack(0, -growth);
            return true;
        }

        _budget.GiveBack(0, taken);
        if (_wasBusy) return false;

        // There is no room for both. Alone it fits, which was asked before.
        Drop(old, hash);
        return TryAdd(draft, parts, hash, metadata);
    }

    /// <summary>Writes an entry over its predecessor, where it is short and as long: nothing dies, and nothing moves.</summary>
    public bool TryWriteOver(in FoundEntry found, in EntryDraft draft, in DraftParts parts, uint hash)
    {
        var head = found.Head;
        if (parts.Length != head.Length || Math.Max(draft.Value.Length, head.ValueLength) > MostBytesWrittenOver) return false;
        if (parts.MetadataLength > 0 || (head.Flags & EntryFlags.HasMetadata) != EntryFlags.None) return false;
        var (segment, offset) = Store.BytesAt(found.Address);
        Store.Reader.BeginChange();
        var mayWrite = _budget.TryTake(0, draft.Value.Length - head.ValueLength);
        if (mayWrite)
        {
            SizeBytes += draft.Value.Length - head.ValueLength;
            Ends.Change(hash, head.End, draft.ExpiresAtMilliseconds ?? StoredEntry.Never);
            found.Use();
            parts.Value.CopyTo(EntryHead.Write(segment, offset, parts).ValueToWrite());
        }

        Store.Reader.EndChange();
        return mayWrite;
    }

    /// <summary>Makes sure that there is room for one more end. A key's entry stays.</summary>
    public bool TryMakeRoomForEnd(string key, uint hash)
    {
        while (!Ends.TryMakeRoom())
        {
            _logs.Spared = Store.TryFind(key, hash, out var found) ? found.Address : 0;
            if (!TryMakeMemory()) return false;
        }

        return true;
    }

    /// <summary>Takes memory for something else, for which entries of this shard may have to go; false: there is not enough.</summary>
    public bool TryTakeMemoryAlone(long bytes)
    {
        while (!_budget.TryTakeMemory(bytes))
        {
            if (!TryGiveBack()) return false;
        }

        return true;
    }

    /// <summary>Takes memory for something else, for which entries may have to go; false: there is not enough.</summary>
    public bool TryTakeMemory(long bytes)
    {
        while (!_budget.TryTakeMemory(bytes))
        {
            if (!TryMakeMemory()) return false;
        }

        return true;
    }

    /// <summary>Ends the sparing of an entry that was to be replaced.</summary>
    public void SpareNone() => _logs.Spared = 0;

    /// <summary>Gives memory back for another shard, or evicts one entry; false: there is nothing.</summary>
    public bool TryGiveBackForAnother()
    {
        SpareNone();
        return TryGiveBack();
    }

    /// <summary>Evicts until there is a segment less, or nothing is left; returns how many entries.</summary>
    public int Trim()
    {
        // Without memory for what it would remember, where it does not yet.
        SpareNone();
        _isPreparing = true;
        var (before, held) = (Store.Count, Store.HeldBytes);
        while (Store.TryDropSpare() || (Store.HeldBytes >= held && TryEvict()))
        {
        }

        _isPreparing = false;
        return before - Store.Count;
    }

    /// <summary>Evicts one entry; false: there is none, or only the one that is being replaced.</summary>
    public bool TryEvict()
    {
        Prepare();
        _logs.TakeWasShort();
        if (!_eviction.TryEvict(_logs, _surroundings.Choice.Rule, _ahead, MostSteps + 2 * Store.Count) && !TryEvictAny()) return false;
        _surroundings.Evicted(1);
        if (_logs.TakeWasShort()) _room.Lower(Store.LiveBytes);
        return true;
    }

    /// <summary>Removes an entry.</summary>
    public void Drop(uint address, uint hash)
    {
        Release(Store.HeadAt(address), hash);
        Store.Remove(address, hash);
    }

    /// <summary>Drops everything.</summary>
    public int Clear()
    {
        var cleared = Store.Count;
        _budget.GiveBack(cleared, SizeBytes);
        _budget.GiveBackMemory(_evictionBytes);
        Ends.Clear();
        Store.Clear();
        _eviction.Clear();
        (SizeBytes, _evictionBytes, _ahead) = (0, 0, 0);
        _room.Forget();
        RemovalCount += cleared;
        return cleared;
    }

    private bool TryTakeRoom(int entries, long sizeBytes)
    {
        while (!_budget.TryTake(entries, sizeBytes))
        {
            if (!TryEvict() && !TryEvictElsewhere()) return false;
        }

        return true;
    }

    // A shard that had to give much back, for another one or for a large value, gets it back from those that have more.
    private bool IsFarBelowOthers => Store.HeldBytes < _budget.SegmentBytesOfAShard / FarBelowPart;

    private bool TryMakeMemory() => (IsFarBelowOthers && TryEvictElsewhere()) || TryGiveBack() || TryEvictElsewhere();

    // As much as comes, where it is known how much there is room for.
    private void MakeRoomAhead(long bytes)
    {
        if (_room.Holds(Store.LiveBytes + bytes)) return;
        if (Store.AvailableSegments >= LearnedRoom.SegmentsToForget || IsFarBelowOthers)
        {
            _room.Forget();
            return;
        }

        while (!_room.Holds(Store.LiveBytes + bytes) && TryEvict())
        {
        }
    }

    // Also what was the last entry's, and became free only as no other was found.
    private bool TryGiveBack() => Store.TryDropSpare() || Store.TryGiveBackHead() || TryEvict() || Store.TryDropSpare();

    private bool TryMakePlace()
    {
        while (!Store.TryMakePlace())
        {
            if (!TryMakeMemory()) return false;
        }

        return true;
    }

    private bool TryEvictElsewhere()
    {
        var isEvicted = _surroundings.EvictElsewhere(this, out var isBusy);
        _wasBusy |= !isEvicted && isBusy;
        return isEvicted;
    }

    private bool TryWrite(LogName log, in DraftParts parts, byte[] metadata, out uint address)
    {
        var (isShort, taken) = (false, Store.SegmentTakeCount);
        while (!Store.TryAppend(log, (int)parts.Length, out address))
        {
            if (!TryMakeMemory()) return false;
            isShort = true;
        }

        if (isShort) _room.Learn(Store.LiveBytes);
        else if (Store.SegmentTakeCount != taken) _room.Raise(Store.AvailableSegments);

        var (segment, offset) = Store.BytesAt(address);
        var head = EntryHead.Write(segment, offset, parts);
        parts.Value.CopyTo(head.ValueToWrite());
        metadata.CopyTo(head.MetadataToWrite());
        return true;
    }

    // Until something is evicted there is nothing to remember, and it is not known of how many.
    private void Prepare()
    {
        if (_isPreparing || Store.Count == 0) return;
        _isPreparing = true;
        _surroundings.BeginChoice(this);
        if (Store.Count > _eviction.Room + _eviction.Room / GrowthShare) Remember(Store.Count);
        _isPreparing = false;
    }

    // For so many entries; where memory is short, some of them go for it.
    private void Remember(int entries)
    {
        var bytes = LogEviction.BytesFor(entries);
        while (!_budget.TryTakeMemory(bytes - _evictionBytes))
        {
            if (Store.Count <= entries / 2 || !(Store.TryDropSpare() || TryEvict())) return;
        }

        try
        {
            _eviction.Resize(entries);
        }
        catch (OutOfMemoryException)
        {
            // Without a memory it evicts as well, only not as wisely.
            _eviction.Clear();
            _budget.GiveBackMemory(bytes);
            _evictionBytes = 0;
            return;
        }

        _evictionBytes = bytes;
    }

    // Where the rule would go round and round: whichever is the oldest.
    private bool TryEvictAny()
    {
        for (var log = LogName.Small; log <= LogName.Main; log++)
        {
            for (var attempt = 0; attempt < 2 && _logs.TryPeek(log, out _); attempt++)
            {
                if (_logs.TryEvict(log)) return true;
            }
        }

        return false;
    }

    private void Evicting(uint address, uint hash)
    {
        var head = Store.HeadAt(address);
        if (IsKeyWanted) EvictedKey = head.ReadKey();
        _ahead += head.Length;
        Release(head, hash);
    }

    // What the entry took but for its memory.
    private void Release(in EntryHead head, uint hash)
    {
        Ends.Change(hash, head.End, StoredEntry.Never);
        SizeBytes -= head.ValueLength;
        _budget.GiveBack(1, head.ValueLength);
        RemovalCount++;
    }
}
