using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>
/// The segments of a shard, by number: arrays of bytes, which a garbage collector does not look into, and large ones it does not move. Readers get at the bytes without a lock, and
/// keep them alive by their reference; all else is under the shard's lock. Every byte is taken from the budget first.
/// </summary>
internal sealed class Segments
{
    /// <summary>What the first segment takes beside its bytes.</summary>
    public const int MostOverheadBytes = ArrayBytes + sizeof(long) + LeastNumbers * SegmentInfo.Bytes;

    private const int None = -1;
    private const int LeastNumbers = 4;
    private const int LeastBytes = 512;
    private const int ArrayBytes = 24;

    // No text, no length, no checksum.
    private const byte PoisonByte = 0xDB;

    // Of the room that a log has: a new segment is at most this part of it.
    private const int GrowthShare = 4;

    private readonly LogBudget _budget;
    private readonly int _fullBytes;
    private readonly int _mostNumbers;
    private readonly Action _disturb;
    private byte[]?[] _bytes = new byte[]?[LeastNumbers];
    private SegmentInfo[] _infos = new SegmentInfo[LeastNumbers];
    private int _used;
    private int _unused = None;
    private int _spare = None;

    /// <param name="budget">The engine's bounds, from which <see cref="FixedBytes"/> were taken.</param>
    /// <param name="disturb">Called when readers without the lock may not know yet of all segments.</param>
    /// <param name="fullBytes">The bytes of a segment of full size.</param>
    /// <param name="mostNumbers">How many segments there may be.</param>
    public Segments(LogBudget budget, Action disturb, int fullBytes, int mostNumbers) =>
        (_budget, _disturb, _fullBytes, _mostNumbers) = (budget, disturb, fullBytes, mostNumbers);

    /// <summary>What is held without a segment.</summary>
    public static long LeastFixedBytes => LeastNumbers * SegmentInfo.Bytes;

    /// <summary>The bytes of all segments, those to spare included.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>The bytes of segments to spare.</summary>
    public long SpareBytes { get; private set; }

    /// <summary>How often a segment was taken.</summary>
    public int TakeCount { get; private set; }

    /// <summary>How many segments of full size could be had at once: those to spare, and the shard's part of what nobody has.</summary>
    public long Available => (_budget.RoomOfAShard + SpareBytes) / (ArrayBytes + _fullBytes);

    /// <summary>What stays when every segment is gone.</summary>
    public long FixedBytes => _bytes.Length * (long)SegmentInfo.Bytes;

    public ref SegmentInfo this[int number] => ref _infos[number];

    /// <summary>The bytes of all segments, by number, for a reader without the lock.</summary>
    public byte[]?[] Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes;
    }

    public byte[] BytesOf(int number) => _bytes[number]!;

    /// <summary>Takes a segment with room for an entry; -1: there is no memory for one.</summary>
    public int TryTake(int entryBytes)
    {
        if (entryBytes <= _fullBytes && _spare != None && _bytes[_spare]!.Length >= entryBytes)
        {
            var spare = TakeSpare();
            TakeCount++;
            _infos[spare] = default;
            return spare;
        }

        return TryMake(entryBytes > _fullBytes ? entryBytes : (int)Math.Max(entryBytes, Math.Min(_fullBytes, Math.Max(LeastBytes, HeldBytes / GrowthShare))));
    }

    /// <summary>Takes a segment for one entry alone; -1: there is no memory for one.</summary>
    public int TryTakeAlone(int entryBytes) => TryMake(entryBytes);

    /// <summary>Gives a segment back, of which lookups know: to be used again, or to the system.</summary>
    public void GiveBack(int number, bool toBeUsedAgain)
    {
        var bytes = _bytes[number]!;
        Poison(number);
        if (toBeUsedAgain && bytes.Length <= _fullBytes && !IsRead(number))
        {
            _infos[number] = new SegmentInfo { Newer = _spare };
            _spare = number;
            SpareBytes += ArrayBytes + bytes.Length;
            return;
        }

        Drop(number);
    }

    /// <summary>Gives one segment to spare back to the system; false: there is none.</summary>
    public bool TryDropSpare()
    {
        if (_spare == None) return false;
        Drop(TakeSpare());
        return true;
    }

    public void Clear()
    {
        _budget.GiveBackSegment(HeldBytes);
        _budget.GiveBackMemory(FixedBytes - LeastFixedBytes);
        Volatile.Write(ref _bytes, new byte[]?[LeastNumbers]);
        _infos = new SegmentInfo[LeastNumbers];
        (_used, _unused, _spare, HeldBytes, SpareBytes) = (0, None, None, 0, 0);
    }

    private bool IsRead(int number) => _infos[number].IsReadInPlace && PlaceReading.IsRead(_bytes[number]!);

    [Conditional("CISTERN_POISON")]
    private void Poison(int number)
    {
        if (!IsRead(number)) _bytes[number].AsSpan().Fill(PoisonByte);
    }

    private int TakeSpare()
    {
        var spare = _spare;
        _spare = _infos[spare].Newer;
        SpareBytes -= ArrayBytes + _bytes[spare]!.Length;
        return spare;
    }

    private void Drop(int number)
    {
        var held = ArrayBytes + _bytes[number]!.Length;
        _bytes[number] = null;
        _infos[number] = new SegmentInfo { Newer = _unused };
        _unused = number;
        HeldBytes -= held;
        _budget.GiveBackSegment(held);
    }

    private int TryMake(int length)
    {
        length = (length + sizeof(long) - 1) & ~(sizeof(long) - 1);
        if (_unused == None && (_used == _mostNumbers || (_used == _bytes.Length && !TryGrow()))) return None;
        if (!_budget.TryTakeSegment(ArrayBytes + length)) return None;
        byte[] made;
        try
        {
            made = GC.AllocateUninitializedArray<byte>(length);
        }
        catch (OutOfMemoryException)
        {
            _budget.GiveBackSegment(ArrayBytes + length);
            return None;
        }

        HeldBytes += ArrayBytes + length;
        TakeCount++;
        var number = _unused;
        if (number == None) number = _used++;
        else _unused = _infos[number].Newer;
        _infos[number] = default;
        Volatile.Write(ref _bytes[number], made);
        return number;
    }

    private bool TryGrow()
    {
        var length = Math.Min(_bytes.Length * 2, _mostNumbers);
        if (!_budget.TryTakeMemory((length - _bytes.Length) * (long)SegmentInfo.Bytes)) return false;
        var bytes = new byte[]?[length];
        _bytes.CopyTo(bytes, 0);
        Array.Resize(ref _infos, length);
        Volatile.Write(ref _bytes, bytes);

        // Whoever has the array from before must not take a segment that is new in this one for none.
        _disturb();
        return true;
    }
}
