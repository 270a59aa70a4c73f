namespace Cistern;

/// <summary>
/// The entries of a shard: their bytes in <see cref="EntryLogs"/>, and a table of where each key's entry is. Lookups go by its <see cref="Reader"/>; all else is used
/// under the shard's lock.
/// </summary>
internal sealed class EntryStore
{
    private const int None = SegmentLog.None;

    private readonly LogBudget _budget;
    private readonly EntryLogs _logs;
    private readonly int _segmentBytes;

    /// <param name="budget">The engine's bounds.</param>
    /// <param name="segmentBytes">The bytes of a segment, a power of two.</param>
    /// <param name="surroundings">The clock, and the choice that is told of lookups.</param>
    public EntryStore(LogBudget budget, int segmentBytes, LogSurroundings surroundings)
    {
        _budget = budget;
        _segmentBytes = segmentBytes;
        _logs = new EntryLogs(budget, segmentBytes, () => Reader!.Disturb(_logs!.Bytes));
        Reader = new EntryReader(new SlotTable(1), _logs.Bytes, _logs.OffsetBits, surroundings.Now, surroundings.Choice);
        budget.TryTakeMemory(FixedBytes);
    }

    /// <summary>What lookups see, without the lock.</summary>
    public EntryReader Reader { get; }

    public int Count { get; private set; }

    /// <summary>What stays when every entry is gone.</summary>
    public long FixedBytes => SlotTable.BytesOf(Table.Lines) + _logs.FixedBytes;

    /// <inheritdoc cref="Segments.TakeCount"/>
    public int SegmentTakeCount => _logs.SegmentTakeCount;

    /// <inheritdoc cref="Segments.Available"/>
    public long AvailableSegments => _logs.AvailableSegments;

    public long LiveBytes => _logs.LiveBytes;

    /// <summary>What everything holds in memory, added up.</summary>
    public long HeldBytes => FixedBytes + _logs.SegmentBytes;

    /// <summary>Finds a key's entry.</summary>
    public bool TryFind(string key, uint hash, out FoundEntry found)
    {
        var search = Table.Find(hash);
        while (search.MoveNext())
        {
            var head = _logs.HeadAt(SlotTable.AddressOf(search.Slot));
            if (!head.HasKey(key)) continue;
            found = new FoundEntry(ref Table[search.Place], search.Slot, head);
            return true;
        }

        found = default;
        return false;
    }

    /// <inheritdoc cref="EntryLogs.HeadAt"/>
    public EntryHead HeadAt(uint address) => _logs.HeadAt(address);

    /// <summary>The entry with a hash that ends first; address 0: there is none with an end.</summary>
    public (uint Address, long End) FindEnding(uint hash)
    {
        var first = (Address: 0u, End: StoredEntry.Never);
        var search = Table.Find(hash);
        while (search.MoveNext())
        {
            var address = SlotTable.AddressOf(search.Slot);
            var head = _logs.HeadAt(address);
            if (head.HasEnd && head.End < first.End && head.HashKey() == hash) first = (address, head.End);
        }

        return first;
    }

    /// <summary>Every slot in use.</summary>
    public IEnumerable<ulong> Slots() => Table.Slots();

    /// <summary>Whether there would be memory for an entry if every other one were gone.</summary>
    public bool CouldHold(long entryBytes) => entryBytes <= Array.MaxLength - _segmentBytes && _budget.CouldHold(Math.Max(entryBytes, _segmentBytes) + Segments.MostOverheadBytes);

    /// <summary>Makes sure that another entry has its place in the table; false: there is no memory for a larger one.</summary>
    public bool TryMakePlace()
    {
        if (Count < Table.Room) return true;
        var lines = SlotTable.LinesAfter(Table.Lines);
        while (!_budget.TryTakeMemory(SlotTable.BytesOf(lines)))
        {
            if (_logs.TryDropSpare()) continue;

            // Where memory is short it is filled a little more, which makes it slower.
            return Count < Table.MostRoom;
        }

        return TryResizeTable(lines) || Count < Table.MostRoom;
    }

    /// <summary>Gives back what the table has beyond what its entries need.</summary>
    public void ShrinkTable()
    {
        var lines = SlotTable.LinesFor(Count);
        if (lines <= Table.Lines / 2 && _budget.TryTakeMemory(SlotTable.BytesOf(lines))) TryResizeTable(lines);
    }

    /// <inheritdoc cref="EntryLogs.TryAppend"/>
    public bool TryAppend(LogName name, int bytes, out uint address) => _logs.TryAppend(name, bytes, out address);

    /// <inheritdoc cref="EntryLogs.BytesAt"/>
    public (byte[] Segment, int Offset) BytesAt(uint address) => _logs.BytesAt(address);

    /// <summary>Lets a new entry be seen.</summary>
    public void Publish(uint address, uint hash)
    {
        Table.Add(SlotTable.Slot(address, hash, uses: 0));
        Count++;
    }

    /// <summary>Lets an entry be seen at its new place, and frees the old one.</summary>
    public void Replace(uint oldAddress, uint address, uint hash, int uses)
    {
        var place = FindPlace(oldAddress, hash);
        Volatile.Write(ref Table[place], SlotTable.Slot(address, hash, uses));
        _logs.Free(oldAddress, HeadAt(oldAddress).Length);
    }

    /// <summary>Takes an entry away.</summary>
    public void Remove(uint address, uint hash) => Remove(address, HeadAt(address).Length, FindPlace(address, hash));

    /// <inheritdoc cref="IEvictionLogs.SmallBytes"/>
    public long SmallBytes => _logs.SmallBytes;

    /// <inheritdoc cref="IEvictionLogs.MainBytes"/>
    public long MainBytes => _logs.MainBytes;

    /// <summary>Looks at the oldest entry of a log; gives segments back in which none is left.</summary>
    public bool TryPeek(LogName name, out PeekedEntry peeked)
    {
        while (_logs.Oldest(name) is not 0 and var address)
        {
            var head = _logs.HeadAt(address);
            var (hash, bytes) = (head.HashKey(), head.Length);
            if (FindPlace(address, hash) is >= 0 and var place)
            {
                peeked = new PeekedEntry(address, hash, bytes, place, SlotTable.UsesOf(Table[place]));
                return true;
            }

            _logs.PassOldest(name, address, bytes);
        }

        peeked = default;
        return false;
    }

    /// <summary>Moves the oldest entry of a log to the end of the main log; false: there is no memory for it there.</summary>
    public bool TryKeep(LogName name, in PeekedEntry peeked, int uses, out uint moved)
    {
        if (_logs.TryMoveAlone(peeked.Address, peeked.Bytes, LogName.Main))
        {
            moved = peeked.Address;
            Volatile.Write(ref Table[PlaceOf(peeked)], SlotTable.Slot(moved, peeked.Hash, uses));
            return true;
        }

        if (!_logs.TryCopy(peeked.Address, peeked.Bytes, LogName.Main, out moved)) return false;
        _logs.PassOldest(name, peeked.Address, peeked.Bytes);
        Move(peeked.Address, peeked.Bytes, PlaceOf(peeked), SlotTable.Slot(moved, peeked.Hash, uses));
        return true;
    }

    /// <summary>Takes the oldest entry of a log away.</summary>
    public void Remove(LogName name, in PeekedEntry peeked)
    {
        _logs.PassOldest(name, peeked.Address, peeked.Bytes);
        Remove(peeked.Address, peeked.Bytes, PlaceOf(peeked));
    }

    /// <inheritdoc cref="EntryLogs.TryRelabel"/>
    public bool TryRelabel(long bytes) => _logs.TryRelabel(bytes);

    /// <inheritdoc cref="EntryLogs.LogAt"/>
    public LogName LogAt(uint address) => _logs.LogAt(address);

    /// <summary>Collects dead bytes where they have become many: what is not dead of a segment is written anew, and the segment is free.</summary>
    public void Collect()
    {
        var address = _logs.FindSparse(out var left);
        while (left > 0)
        {
            var head = _logs.HeadAt(address);
            var (hash, bytes) = (head.HashKey(), head.Length);
            var next = EntryLogs.Next(address, bytes);
            if (FindPlace(address, hash) is >= 0 and var place)
            {
                if (!_logs.TryCopy(address, bytes, _logs.LogAt(address), out var moved)) return;
                Move(address, bytes, place, SlotTable.Slot(moved, hash, SlotTable.UsesOf(Table[place])));
                left -= bytes;
            }

            address = next;
        }
    }

    /// <inheritdoc cref="EntryLogs.TryDropSpare"/>
    public bool TryDropSpare() => _logs.TryDropSpare();

    /// <inheritdoc cref="EntryLogs.TryGiveBackHead"/>
    public bool TryGiveBackHead() => _logs.TryGiveBackHead();

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        var table = new SlotTable(1);
        Reader.BeginChange();
        _budget.GiveBackMemory(SlotTable.BytesOf(Table.Lines) - SlotTable.BytesOf(1));
        Reader.Table = table;
        _logs.Clear();
        Reader.Disturb(_logs.Bytes);
        Count = 0;
        Reader.EndChange();
    }

    private SlotTable Table => Reader.Table;

    private int FindPlace(uint address, uint hash)
    {
        var search = Table.Find(hash);
        while (search.MoveNext())
        {
            if (SlotTable.AddressOf(search.Slot) == address) return search.Place;
        }

        return None;
    }

    private void RemoveSlot(int place)
    {
        if (!Table.IsPassed(place))
        {
            Table.Remove(place);
            return;
        }

        Reader.BeginChange();
        Table.Remove(place);
        Reader.EndChange();
    }

    // The memory for it was taken; where there is none after all, it is given back.
    private bool TryResizeTable(int lines)
    {
        var unneeded = Table.Lines;
        try { Reader.Table = Table.Resize(lines); }
        catch (OutOfMemoryException) { unneeded = lines; }
        _budget.GiveBackMemory(SlotTable.BytesOf(unneeded));
        return Table.Lines == lines;
    }

    private void Remove(uint address, int bytes, int place)
    {
        RemoveSlot(place);
        _logs.Free(address, bytes);
        Count--;
    }

    private void Move(uint address, int bytes, int place, ulong slot)
    {
        Volatile.Write(ref Table[place], slot);
        _logs.Free(address, bytes);
    }

    // Slots may have moved since it was looked at.
    private int PlaceOf(in PeekedEntry peeked) =>
        Table.Has(peeked.Place) && SlotTable.AddressOf(Table[peeked.Place]) == peeked.Address ? peeked.Place : FindPlace(peeked.Address, peeked.Hash);
}
