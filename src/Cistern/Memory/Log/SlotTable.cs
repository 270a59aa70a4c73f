using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>
/// Where entries are, by a part of their key's hash: eight slots to a line of the processor's cache, searched at once; what finds its line full goes
/// to the next. The line follows from the part that a slot keeps, in its order, so that a larger table is filled from a smaller one without
/// a look at any key. One thread writes at a time; any number reads meanwhile.
/// </summary>
/// <remarks>A slot: the address of an entry (32 bits), the low bits of the hash (24), how often it was used of late (8), which readers raise without a lock. Address 0: it is empty.</remarks>
internal sealed unsafe class SlotTable
{
    /// <summary>Slots in a line.</summary>
    public const int LineSlots = 8;

    /// <summary>The bits of a hash that a slot keeps.</summary>
    public const int TagBits = 24;

    private const int LineBytes = LineSlots * sizeof(ulong);
    private const int ArrayBytes = 24;
    private const int TagShift = 8;
    private const int AddressShift = 32;
    public const ulong TagMask = ((1UL << TagBits) - 1) << TagShift;

    // Beyond this share of its slots in use a table is replaced by a larger one.
    private const double FullShare = 0.82;
    private const double MostFullShare = 0.94;

    // So full is one that was made smaller.
    private const double RoomyShare = 0.6;

    // Pinned: the lines begin where those of the processor's cache do.
    private readonly ulong[] _array;
    private readonly nuint _first;
    private readonly uint _lines;

    public SlotTable(int lines)
    {
        _lines = (uint)lines;
        _array = GC.AllocateArray<ulong>((lines + 1) * LineSlots - 1, pinned: true);
        var misaligned = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array)) % LineBytes;
        _first = misaligned == 0 ? 0 : (LineBytes - misaligned) / sizeof(ulong);
    }

    public int Lines => (int)_lines;

    /// <summary>How many entries it is made for.</summary>
    public int Room => (int)(_lines * LineSlots * FullShare);

    /// <summary>How many entries it may have when there is no memory for a larger one.</summary>
    public int MostRoom => Math.Max(1, (int)(_lines * LineSlots * MostFullShare));

    /// <summary>What a table holds in memory.</summary>
    public static long BytesOf(int lines) => ArrayBytes + ((lines + 1L) * LineSlots - 1) * sizeof(ulong);

    /// <summary>How many lines the next larger table has.</summary>
    public static int LinesAfter(int lines) => Math.Max(lines + 1, (int)Math.Min(lines * 1.2, (1 << TagBits) - 1));

    /// <summary>How many lines a table for some entries has, with room for more.</summary>
    public static int LinesFor(int entries) => (int)(entries / (LineSlots * RoomyShare)) + 1;

    public static uint AddressOf(ulong slot) => (uint)(slot >> AddressShift);

    public static int UsesOf(ulong slot) => (byte)slot;

    public static ulong Slot(uint address, uint hash, int uses) => ((ulong)address << AddressShift) | TagOf(hash) | (uint)uses;

    /// <summary>Starts a search for a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Search Find(uint hash) => new(this, hash);

    public ref ulong this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _first + (nuint)(uint)place);
    }

    /// <summary>Whether there is such a place.</summary>
    public bool Has(int place) => (uint)place < _lines * LineSlots;

    /// <summary>The first slot of a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ulong LineAt(int line) => ref this[line * LineSlots];

    /// <summary>The first slot of the line in which the search for a tag begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ulong HomeLineOf(ulong tag) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _first + (nuint)((tag * _lines) >> AddressShift) * LineSlots);

    /// <summary>Which slots of a line have a tag: a bit for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Matches(ref ulong line, ulong tag) =>
        (uint)Vector512.Equals(Vector512.LoadUnsafe(ref line) & Vector512.Create(TagMask), Vector512.Create(tag)).ExtractMostSignificantBits();

    /// <summary>Has the processor fetch where a key is looked for.</summary>
    public void Prefetch(uint hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref HomeLineOf(TagOf(hash))));
    }

    /// <summary>Raises how often a slot was used, up to a bound. Without the lock: the slot may be another's by now, which does no harm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Use(ref ulong slot, int most)
    {
        ref var uses = ref Unsafe.Add(ref Unsafe.As<ulong, byte>(ref slot), BitConverter.IsLittleEndian ? 0 : sizeof(ulong) - 1);
        if (uses < most) uses++;
    }

    /// <summary>Puts a slot where there is room for it.</summary>
    public void Add(ulong slot)
    {
        for (var line = HomeOf(slot & TagMask); ; line = Next(line))
        {
            var empty = EmptyIn(line);
            if (empty == 0) continue;
            Volatile.Write(ref this[line * LineSlots + BitOperations.TrailingZeroCount(empty)], slot);
            return;
        }
    }

    /// <summary>Whether taking a slot away would leave a hole across which another one is found.</summary>
    public bool IsPassed(int place) => EmptyIn(place / LineSlots) == 0;

    /// <summary>Takes a slot away. Where it <see cref="IsPassed"/>, slots behind it move, and readers must be kept from believing what they saw meanwhile.</summary>
    public void Remove(int place)
    {
        var isPassed = IsPassed(place);
        Volatile.Write(ref this[place], 0);
        var hole = place / LineSlots;
        while (isPassed)
        {
            if (FindPassing(hole) is not (>= 0 and var moved)) return;
            var line = moved / LineSlots;
            isPassed = EmptyIn(line) == 0;
            Volatile.Write(ref this[place], this[moved]);
            Volatile.Write(ref this[moved], 0);
            (place, hole) = (moved, line);
        }
    }

    /// <summary>A table of another size with the same slots.</summary>
    public SlotTable Resize(int lines)
    {
        var resized = new SlotTable(lines);
        for (var place = 0; place < _lines * LineSlots; place++)
        {
            var slot = this[place];
            if (AddressOf(slot) != 0) resized.Add(slot);
        }

        return resized;
    }

    /// <summary>Every slot that is in use.</summary>
    public IEnumerable<ulong> Slots()
    {
        for (var place = 0; place < _lines * LineSlots; place++)
        {
            if (this[place] is var slot && AddressOf(slot) != 0) yield return slot;
        }
    }

    /// <summary>The part of a slot that tells keys apart.</summary>
    public static ulong TagOf(uint hash) => hash << TagShift;

    /// <summary>The line in which the search for a tag begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int HomeOf(ulong tag) => (int)((tag * _lines) >> AddressShift);

    /// <summary>The line in which a search goes on.</summary>
    public int Next(int line) => line + 1 == _lines ? 0 : line + 1;

    // A slot behind a hole whose own line is the hole's or before it; -1: none.
    private int FindPassing(int hole)
    {
        for (var line = Next(hole); line != hole; line = Next(line))
        {
            for (var i = 0; i < LineSlots; i++)
            {
                var slot = this[line * LineSlots + i];
                if (AddressOf(slot) != 0 && Distance(HomeOf(slot & TagMask), line) >= Distance(hole, line)) return line * LineSlots + i;
            }

            if (EmptyIn(line) != 0) return -1;
        }

        return -1;
    }

    private int Distance(int from, int to) => to >= from ? to - from : to - from + (int)_lines;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint EmptyIn(int line) => (uint)Vector512.LessThan(Vector512.LoadUnsafe(ref LineAt(line)), Vector512.Create(1UL << AddressShift)).ExtractMostSignificantBits();

    /// <summary>Goes through the slots that may be a key's.</summary>
    internal ref struct Search
    {
        private readonly SlotTable _table;
        private readonly ulong _tag;
        private int _line;
        private uint _matches;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Search(SlotTable table, uint hash)
        {
            _table = table;
            _tag = TagOf(hash);
            _line = table.HomeOf(_tag);
            _matches = MatchesIn(_line);
        }

        public int Place { get; private set; }

        public ulong Slot { get; private set; }

        /// <summary>Goes to the next slot; false after the last one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            while (true)
            {
                while (_matches != 0)
                {
                    Place = _line * LineSlots + BitOperations.TrailingZeroCount(_matches);
                    _matches &= _matches - 1;
                    Slot = Volatile.Read(ref _table[Place]);
                    if (AddressOf(Slot) != 0 && (Slot & TagMask) == _tag) return true;
                }

                if (_table.EmptyIn(_line) != 0) return false;
                _line = _table.Next(_line);
                _matches = MatchesIn(_line);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly uint MatchesIn(int line) => Matches(ref _table.LineAt(line), _tag);
    }
}
