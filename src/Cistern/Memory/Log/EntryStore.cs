using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cistern;

/// <summary>
/// The entries of a shard: their bytes in <see cref="EntryLogs"/>, and a table of where each key's entry is. Lookups need no lock: a slot is changed in
/// one step, and where bytes are used again or slots move, the store's version tells them that what they saw may be wrong.
/// </summary>
/// <remarks>
/// After FASTER (Chandramouli et al., SIGMOD 2018) and Segcache (Yang et al., NSDI 2021). Everything but <see cref="Read"/> and <see cref="PrefetchSlots"/> is used under the shard's lock.
/// </remarks>
internal sealed class EntryStore
{
    private const int None = SegmentLog.None;

    // The first two bytes of most entries: no flags, the length of the key.
    private const uint PlainHead = (uint)EntryFlags.IsEntry;
    private const uint PlainHeadMask = ushort.MaxValue;

    private readonly LogBudget _budget;
    private readonly EntryLogs _logs;
    private readonly int _segmentBytes;
    private readonly int _offsetBits;
    private readonly uint _offsetMask;
    private readonly Func<long> _now;
    private SlotTable _table = new(1);
    private uint _version;
    private int _changes;

    /// <param name="budget">The engine's bounds.</param>
    /// <param name="segmentBytes">The bytes of a segment, a power of two.</param>
    /// <param name="now">The clock, in milliseconds since 1970.</param>
    public EntryStore(LogBudget budget, int segmentBytes, Func<long> now)
    {
        _now = now;
        _budget = budget;
        _segmentBytes = segmentBytes;
        _logs = new EntryLogs(budget, segmentBytes, Disturb);
        _offsetBits = _logs.OffsetBits;
        _offsetMask = (1u << _offsetBits) - 1;
        budget.TryTakeMemory(FixedBytes);
    }

    public int Count { get; private set; }

    /// <summary>What stays when every entry is gone.</summary>
    public long FixedBytes => SlotTable.BytesOf(_table.Lines) + _logs.FixedBytes;

    public long LiveBytes => _logs.LiveBytes;

    /// <summary>What everything holds in memory, added up.</summary>
    public long HeldBytes => FixedBytes + _logs.SegmentBytes;

    /// <summary>Looks a key up without the lock.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="isUse">Whether a hit counts as a use.</param>
    /// <param name="sink">Takes the value; it counts when the result says so.</param>
    /// <param name="bytes">Receives about how long the entry is.</param>
    public ReadResult Read<TSink>(string key, uint hash, bool isUse, ref TSink sink, out int bytes)
        where TSink : struct, IValueSink, allows ref struct
    {
        // All in one method, and on few locals: this is what a cache does most.
        bytes = 0;
        var version = Volatile.Read(ref _version);
        if ((version & 1) != 0) return ReadResult.Disturbed;
        var table = _table;
        var segments = _logs.Bytes;
        var tag = SlotTable.TagOf(hash);
        var head = PlainHead | ((uint)key.Length << 8);
        for (var line = table.HomeOf(tag); ; line = table.Next(line))
        {
            ref var first = ref Unsafe.Add(ref table.First, line * SlotTable.LineSlots);
            var slots = Vector512.LoadUnsafe(ref first);
            var matches = Vector512.Equals(slots & Vector512.Create(SlotTable.TagMask), Vector512.Create(tag)).ExtractMostSignificantBits();
            for (; matches != 0; matches &= matches - 1)
            {
                ref var place = ref Unsafe.Add(ref first, BitOperations.TrailingZeroCount(matches));
                var slot = place;
                var address = SlotTable.AddressOf(slot) - 1;
                var number = address >> _offsetBits;
                if (number >= (uint)segments.Length || segments[number] is not { } segment) continue;
                var offset = (int)(address & _offsetMask) * EntryHead.Unit;
                ref var entry = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(segment), offset);
                if (segment.Length - offset < EntryHead.ShortBytes) continue;
                var word = Unsafe.ReadUnaligned<uint>(ref entry);
                if ((word & PlainHeadMask) == head)
                {
                    // Most entries: an ASCII key, and nothing beside key and value.
                    var valueOffset = EntryHead.ShortBytes + key.Length;
                    var length = (int)(word >> 16);
                    if (segment.Length - offset < valueOffset + length) continue;
                    if (!NarrowKey.IsSame(ref Unsafe.Add(ref entry, EntryHead.ShortBytes), key)) continue;
                    sink.Take(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref entry, valueOffset), length));
                    if (!IsUnchanged(version)) return ReadResult.Disturbed;
                    bytes = valueOffset + length;
                }
                else
                {
                    var result = ReadOther(segment, offset, key, version, ref sink, out bytes);
                    if (result == ReadResult.Other) continue;
                    if (result != ReadResult.Found) return result;
                }

                if (isUse && (byte)slot < LogEviction.MostUses) SlotTable.Use(ref place, slot);
                return ReadResult.Found;
            }

            if (Vector512.LessThan(slots, Vector512.Create(1UL << 32)).ExtractMostSignificantBits() != 0) return IsUnchanged(version) ? ReadResult.Missing : ReadResult.Disturbed;
        }
    }

    /// <summary>Finds a key's entry.</summary>
    public bool TryFind(string key, uint hash, out FoundEntry found)
    {
        var search = _table.Find(hash);
        while (search.MoveNext())
        {
            var head = _logs.HeadAt(SlotTable.AddressOf(search.Slot));
            if (!head.HasKey(key)) continue;
            found = new FoundEntry(ref _table[search.Place], search.Slot, head);
            return true;
        }

        found = default;
        return false;
    }

    /// <summary>Has the processor fetch where a key is looked for.</summary>
    public void PrefetchSlots(uint hash) => Volatile.Read(ref _table).Prefetch(hash);

    /// <inheritdoc cref="EntryLogs.HeadAt"/>
    public EntryHead HeadAt(uint address) => _logs.HeadAt(address);

    /// <summary>The entry with a hash that ends first; address 0: there is none with an end.</summary>
    public (uint Address, long End) FindEnding(uint hash)
    {
        var first = (Address: 0u, End: StoredEntry.Never);
        var search = _table.Find(hash);
        while (search.MoveNext())
        {
            var address = SlotTable.AddressOf(search.Slot);
            var head = _logs.HeadAt(address);
            if (head.HasEnd && head.End < first.End && head.HashKey() == hash) first = (address, head.End);
        }

        return first;
    }

    /// <summary>Every slot in use.</summary>
    public IEnumerable<ulong> Slots() => _table.Slots();

    /// <summary>Whether there would be memory for an entry if every other one were gone.</summary>
    public bool CouldHold(long entryBytes) => entryBytes <= Array.MaxLength - _segmentBytes && _budget.CouldHold(Math.Max(entryBytes, _segmentBytes) + Segments.MostOverheadBytes);

    /// <summary>Makes sure that another entry has its place in the table; false: there is no memory for a larger one.</summary>
    public bool TryMakePlace()
    {
        if (Count < _table.Room) return true;
        var lines = SlotTable.LinesAfter(_table.Lines);
        while (!_budget.TryTakeMemory(SlotTable.BytesOf(lines)))
        {
            if (_logs.TryDropSpare()) continue;

            // Where memory is short it is filled a little more, which makes it slower.
            return Count < _table.MostRoom;
        }

        var old = _table.Lines;
        Volatile.Write(ref _table, _table.Grow(lines));
        _budget.GiveBackMemory(SlotTable.BytesOf(old));
        return true;
    }

    /// <inheritdoc cref="EntryLogs.TryAppend"/>
    public bool TryAppend(LogName name, int bytes, out uint address) => _logs.TryAppend(name, bytes, out address);

    /// <inheritdoc cref="EntryLogs.BytesAt"/>
    public (byte[] Segment, int Offset) BytesAt(uint address) => _logs.BytesAt(address);

    /// <summary>Lets a new entry be seen.</summary>
    public void Publish(uint address, uint hash)
    {
        _table.Add(SlotTable.Slot(address, hash, uses: 0));
        Count++;
    }

    /// <summary>Lets an entry be seen at its new place, and frees the old one.</summary>
    public void Replace(uint oldAddress, uint address, uint hash, int uses)
    {
        var place = FindPlace(oldAddress, hash);
        Volatile.Write(ref _table[place], SlotTable.Slot(address, hash, uses));
        _logs.Free(oldAddress);
    }

    /// <summary>Takes an entry away.</summary>
    public void Remove(uint address, uint hash)
    {
        RemoveSlot(FindPlace(address, hash));
        _logs.Free(address);
        Count--;
    }

    /// <summary>Changes bytes that readers may be reading.</summary>
    public void BeginChange()
    {
        if (_changes++ == 0) Interlocked.Increment(ref _version);
    }

    /// <summary>Ends a change; once all have ended, readers may read.</summary>
    public void EndChange()
    {
        if (--_changes == 0) Volatile.Write(ref _version, _version + 1);
    }

    /// <inheritdoc cref="IEvictionLogs.SmallBytes"/>
    public long SmallBytes => _logs.SmallBytes;

    /// <inheritdoc cref="IEvictionLogs.MainBytes"/>
    public long MainBytes => _logs.MainBytes;

    /// <summary>Looks at the oldest entry of a log; gives segments back in which none is left.</summary>
    /// <param name="name">The log.</param>
    /// <param name="address">Receives its address.</param>
    /// <param name="hash">Receives the hash of its key.</param>
    /// <param name="uses">Receives how often it was used.</param>
    /// <param name="bytes">Receives its length.</param>
    public bool TryPeek(LogName name, out uint address, out uint hash, out int uses, out int bytes)
    {
        while ((address = _logs.Oldest(name)) != 0)
        {
            var head = _logs.HeadAt(address);
            (hash, bytes) = (head.HashKey(), head.Length);
            if (FindPlace(address, hash) is >= 0 and var place)
            {
                uses = SlotTable.UsesOf(_table[place]);
                return true;
            }

            _logs.PassOldest(name, bytes);
        }

        (hash, uses, bytes) = (0, 0, 0);
        return false;
    }

    /// <summary>Moves an entry to the end of the main log; false: there is no memory for it there.</summary>
    public bool TryKeep(uint address, uint hash, int bytes, int uses, out uint moved) => TryMove(address, hash, bytes, LogName.Main, uses, out moved);

    /// <inheritdoc cref="EntryLogs.TryRelabel"/>
    public bool TryRelabel(long bytes) => _logs.TryRelabel(bytes);

    /// <inheritdoc cref="EntryLogs.LogAt"/>
    public LogName LogAt(uint address) => _logs.LogAt(address);

    /// <summary>Collects dead bytes where they have become many: what is not dead of a segment is written anew, and the segment is free.</summary>
    public void Collect()
    {
        foreach (var address in _logs.FindSparse(out var left))
        {
            if (left == 0) return;
            var head = _logs.HeadAt(address);
            var (hash, bytes) = (head.HashKey(), head.Length);
            if (FindPlace(address, hash) is not (>= 0 and var place)) continue;
            if (!TryMove(address, hash, bytes, _logs.LogAt(address), SlotTable.UsesOf(_table[place]), out _)) return;
            left -= bytes;
        }
    }

    /// <inheritdoc cref="EntryLogs.TryDropSpare"/>
    public bool TryDropSpare() => _logs.TryDropSpare();

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        BeginChange();
        _budget.GiveBackMemory(SlotTable.BytesOf(_table.Lines) - SlotTable.BytesOf(1));
        _table = new SlotTable(1);
        _logs.Clear();
        Count = 0;
        EndChange();
    }

    private ReadResult ReadOther<TSink>(byte[] segment, int offset, string key, uint version, ref TSink sink, out int bytes)
        where TSink : struct, IValueSink, allows ref struct
    {
        bytes = 0;
        if (!EntryHead.TryRead(segment, offset, out var head) || !head.HasKey(key)) return ReadResult.Other;
        bytes = head.ValueOffset + head.ValueLength;
        if (head.HasEnd)
        {
            var end = head.End;
            if (!IsUnchanged(version)) return ReadResult.Disturbed;
            if (end <= _now()) return ReadResult.Expired;
        }

        sink.Take(head.Value);
        return IsUnchanged(version) ? ReadResult.Found : ReadResult.Disturbed;
    }

    private int FindPlace(uint address, uint hash)
    {
        var search = _table.Find(hash);
        while (search.MoveNext())
        {
            if (SlotTable.AddressOf(search.Slot) == address) return search.Place;
        }

        return None;
    }

    private void RemoveSlot(int place)
    {
        if (!_table.IsPassed(place))
        {
            _table.Remove(place);
            return;
        }

        BeginChange();
        _table.Remove(place);
        EndChange();
    }

    private bool TryMove(uint address, uint hash, int bytes, LogName to, int uses, out uint moved)
    {
        if (!_logs.TryCopy(address, bytes, to, out moved)) return false;
        Volatile.Write(ref _table[FindPlace(address, hash)], SlotTable.Slot(moved, hash, uses));
        _logs.Free(address);
        return true;
    }

    private void Disturb()
    {
        BeginChange();
        EndChange();
    }

    // Whether everything read since a version was as it was.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsUnchanged(uint version)
    {
        Volatile.ReadBarrier();
        return _version == version;
    }
}
