using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>
/// Where the bytes of a shard's entries are: two logs of segments. An entry is written once, at the end of a log; the room of what is deleted, replaced or
/// evicted comes back with its segment. Used under the shard's lock.
/// </summary>
internal sealed class EntryLogs
{
    private const int None = SegmentLog.None;

    // An entry of more than this part of a segment has one for itself, so that little is left empty at the end of a segment.
    private const int AloneShare = 4;
    private const int AddressBits = 32;

    private readonly LogBudget _budget;
    private readonly Segments _segments;
    private readonly SegmentLog _small;
    private readonly SegmentLog _main;
    private readonly DeadSpace _deadSpace;
    private readonly int _segmentBytes;
    private readonly int _offsetBits;
    private readonly Action _disturb;

    /// <param name="budget">The engine's bounds, from which <see cref="Segments.LeastFixedBytes"/> are taken by whoever makes it.</param>
    /// <param name="segmentBytes">The bytes of a segment, a power of two.</param>
    /// <param name="disturb">Called before bytes are given back, so that whoever reads there meanwhile looks again.</param>
    public EntryLogs(LogBudget budget, int segmentBytes, Action disturb)
    {
        _budget = budget;
        _segmentBytes = segmentBytes;
        _offsetBits = int.Log2(segmentBytes / EntryHead.Unit);
        _disturb = disturb;
        _segments = new Segments(budget, disturb, segmentBytes, (int)Math.Min(Array.MaxLength, (1L << (AddressBits - _offsetBits)) - 1));
        _small = new SegmentLog(_segments, LogName.Small);
        _main = new SegmentLog(_segments, LogName.Main);
        _deadSpace = new DeadSpace(_segments, _small, _main, segmentBytes);
    }

    /// <summary>How many bits of an address tell where in its segment an entry is.</summary>
    public int OffsetBits => _offsetBits;

    public long FixedBytes => _segments.FixedBytes;

    /// <summary>The bytes of all segments.</summary>
    public long SegmentBytes => _segments.HeldBytes;

    /// <inheritdoc cref="Segments.TakeCount"/>
    public int SegmentTakeCount => _segments.TakeCount;

    /// <inheritdoc cref="Segments.Available"/>
    public long AvailableSegments => _segments.Available;

    public long LiveBytes => _small.LiveBytes + _main.LiveBytes;

    /// <inheritdoc cref="IEvictionLogs.SmallBytes"/>
    public long SmallBytes => _small.LiveBytes;

    /// <inheritdoc cref="IEvictionLogs.MainBytes"/>
    public long MainBytes => _main.LiveBytes;

    /// <inheritdoc cref="Segments.Bytes"/>
    public byte[]?[] Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _segments.Bytes;
    }

    /// <summary>The entry at an address.</summary>
    public EntryHead HeadAt(uint address)
    {
        var (segment, offset) = BytesAt(address);
        return EntryHead.Read(segment, offset);
    }

    /// <summary>The bytes at an address.</summary>
    public (byte[] Segment, int Offset) BytesAt(uint address) => (_segments.BytesOf(SegmentOf(address)), OffsetOf(address));

    /// <summary>The log of an entry.</summary>
    public LogName LogAt(uint address) => _segments[SegmentOf(address)].Log;

    /// <summary>Takes room for an entry at the end of a log; false: there is no memory for it.</summary>
    public bool TryAppend(LogName name, int bytes, out uint address)
    {
        var log = LogOf(name);
        address = 0;
        int segment;
        if (bytes > _segmentBytes / AloneShare)
        {
            segment = _segments.TryTakeAlone(bytes);
            if (segment == None) return false;
            log.Add(segment);
        }
        else if (log.HasRoom(bytes))
        {
            segment = log.Head;
        }
        else
        {
            segment = _segments.TryTake(bytes);
            if (segment == None) return false;
            log.Begin(segment);
        }

        ref var info = ref _segments[segment];
        address = AddressOf(segment, info.End);
        info.End += bytes;
        info.IsReadInPlace |= bytes > ShardEntries.MostBytesWrittenOver;
        info.LiveBytes += bytes;
        log.LiveBytes += bytes;
        return true;
    }

    /// <summary>Takes room at the end of a log and copies an entry there; what was there stays until it is freed.</summary>
    public bool TryCopy(uint address, int bytes, LogName to, out uint copy)
    {
        if (!TryAppend(to, bytes, out copy)) return false;
        var (source, from) = BytesAt(address);
        var (target, at) = BytesAt(copy);
        source.AsSpan(from, Math.Min(bytes, source.Length - from)).CopyTo(target.AsSpan(at));
        return true;
    }

    /// <summary>Moves an entry that has a segment for itself to the end of a log, with its segment: nothing is copied, and its address stays. False: it has none.</summary>
    public bool TryMoveAlone(uint address, int bytes, LogName to)
    {
        if (bytes <= _segmentBytes / AloneShare) return false;
        var segment = SegmentOf(address);
        var (source, target) = (LogOf(_segments[segment].Log), LogOf(to));
        source.Unlink(segment);
        source.LiveBytes -= bytes;
        target.Add(segment);
        target.LiveBytes += bytes;
        return true;
    }

    /// <summary>Gives the room of an entry back.</summary>
    public void Free(uint address, int bytes)
    {
        var segment = SegmentOf(address);
        ref var info = ref _segments[segment];
        info.LiveBytes -= bytes;
        var log = LogOf(info.Log);
        log.LiveBytes -= bytes;

        // What is being written comes back in its time.
        if (info.LiveBytes == 0 && segment != log.Head) GiveBack(log, segment);
    }

    /// <summary>The address of the oldest entry of a log that was not passed, which may be gone; 0: there is none. Gives segments back that were looked through.</summary>
    public uint Oldest(LogName name)
    {
        var log = LogOf(name);
        while (log.Tail != None)
        {
            if (log.TailOffset < _segments[log.Tail].End) return AddressOf(log.Tail, log.TailOffset);
            GiveBack(log, log.Tail);
        }

        return 0;
    }

    /// <summary>Passes over an entry that is gone, or is going, if it is the oldest of a log. Has the processor fetch the next one, which is looked at soon.</summary>
    public void PassOldest(LogName name, uint address, int bytes)
    {
        var log = LogOf(name);
        if (log.Tail == None || AddressOf(log.Tail, log.TailOffset) != address) return;
        log.TailOffset += bytes;
        if (log.TailOffset < _segments[log.Tail].End) Prefetching.Fetch(ref _segments.BytesOf(log.Tail)[log.TailOffset]);
    }

    /// <summary>Makes the oldest segment of the small log the newest of the main log, if its entries have no more than some bytes, and none has been passed.</summary>
    public bool TryRelabel(long bytes)
    {
        var segment = _small.Tail;
        if (segment == None || segment == _small.Head || _small.TailOffset > 0) return false;
        long live = _segments[segment].LiveBytes;
        if (live > bytes) return false;
        _small.Unlink(segment);
        _small.LiveBytes -= live;
        _main.Add(segment);
        _main.LiveBytes += live;
        return true;
    }

    /// <summary>The address of the first entry in the segment that is to be written anew, which may be gone; 0: it is not time for it.</summary>
    /// <param name="liveBytes">Receives the bytes of the entries that are not gone: once these are moved, the segment may be, too.</param>
    public uint FindSparse(out int liveBytes)
    {
        liveBytes = 0;
        if (_deadSpace.FindEmptiest() is not (>= 0 and var segment)) return 0;
        liveBytes = _segments[segment].LiveBytes;
        return AddressOf(segment, 0);
    }

    /// <summary>The address of the entry behind another one of the same segment.</summary>
    public static uint Next(uint address, int bytes) => address + (uint)(bytes / EntryHead.Unit);

    /// <summary>Gives a segment that nobody needs back to the system; false: there is none.</summary>
    public bool TryDropSpare() => _segments.TryDropSpare();

    /// <summary>Gives a segment back that is being written, and of whose entries none is left; false: there is none. Its log goes on in another one.</summary>
    public bool TryGiveBackHead() => TryGiveBackHeadOf(_small) || TryGiveBackHeadOf(_main);

    public void Clear()
    {
        _segments.Clear();
        _small.Clear();
        _main.Clear();
    }

    private bool TryGiveBackHeadOf(SegmentLog log)
    {
        var head = log.Head;
        if (head == None || _segments[head].LiveBytes > 0 || _segments[head].End == 0) return false;

        // Beyond the limit it must not be used again: nothing went for it that would make memory less.
        GiveBack(log, head, mayBeUsedAgain: !_budget.IsBeyondLimit);
        return true;
    }

    private SegmentLog LogOf(LogName name) => name == LogName.Small ? _small : _main;

    // Address 0 stands for none.
    private uint AddressOf(int segment, int offset) => (((uint)segment << _offsetBits) | (uint)(offset / EntryHead.Unit)) + 1;

    private int SegmentOf(uint address) => (int)((address - 1) >> _offsetBits);

    private int OffsetOf(uint address) => (int)((address - 1) & ((1u << _offsetBits) - 1)) * EntryHead.Unit;

    private void GiveBack(SegmentLog log, int segment, bool mayBeUsedAgain = true)
    {
        log.Unlink(segment);
        _disturb();
        _segments.GiveBack(segment, mayBeUsedAgain && _segments.BytesOf(segment).Length == _segmentBytes && _segments.SpareBytes <= 2L * _segmentBytes);
    }
}
