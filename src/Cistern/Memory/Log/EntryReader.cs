using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cistern;

/// <summary>
/// What lookups see of a shard's entries, without its lock: the table, the segments, and a version. A slot is changed in one step; where bytes are used again or
/// slots move, the version tells a lookup that what it saw may be wrong.
/// </summary>
/// <remarks>After FASTER (Chandramouli et al., SIGMOD 2018) and Segcache (Yang et al., NSDI 2021). Everything but <see cref="ReadPlain"/>, <see cref="Search"/> and <see cref="PrefetchSlots"/> is used under the shard's lock.</remarks>
internal sealed class EntryReader
{
    // The first two bytes of most entries: no flags, the length of the key.
    private const uint PlainHead = (uint)EntryFlags.IsEntry;

    private readonly int _offsetBits;
    private readonly uint _offsetMask;
    private readonly Func<long> _now;
    private readonly EvictionChoice _choice;
    private SlotTable _table;
    private byte[]?[] _segments;
    private uint _version;
    private int _changes;

    /// <param name="table">Where the entries are.</param>
    /// <param name="segments">The bytes of all segments, by number.</param>
    /// <param name="offsetBits">How many bits of an address tell where in its segment an entry is.</param>
    /// <param name="now">The clock, in milliseconds since 1970.</param>
    /// <param name="choice">Which is told of lookups.</param>
    public EntryReader(SlotTable table, byte[]?[] segments, int offsetBits, Func<long> now, EvictionChoice choice)
    {
        _offsetBits = offsetBits;
        _offsetMask = (1u << offsetBits) - 1;
        _now = now;
        _choice = choice;
        _table = table;
        _segments = segments;
    }

    /// <summary>Where the entries are.</summary>
    public SlotTable Table
    {
        get => _table;
        set => Volatile.Write(ref _table, value);
    }

    /// <summary>Tells lookups where the bytes are now, and that what they saw before may be wrong.</summary>
    public void Disturb(byte[]?[] segments)
    {
        BeginChange();
        _segments = segments;
        EndChange();
    }

    /// <summary>Begins to change what lookups may be reading: they wait for the end.</summary>
    public void BeginChange()
    {
        if (_changes++ == 0) Interlocked.Increment(ref _version);
    }

    /// <summary>Ends a change; once all have ended, lookups go on.</summary>
    public void EndChange()
    {
        if (--_changes == 0) Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Has the processor fetch where a key is looked for.</summary>
    public void PrefetchSlots(uint hash) => Volatile.Read(ref _table).Prefetch(hash);

    /// <summary>Has the processor fetch what is probably the entry of a key, once its slots are there.</summary>
    public void PrefetchEntry(uint hash)
    {
        var tag = SlotTable.TagOf(hash);
        ref var line = ref Volatile.Read(ref _table).HomeLineOf(tag);
        var matches = SlotTable.Matches(ref line, tag);
        if (matches == 0) return;
        var address = SlotTable.AddressOf(Unsafe.Add(ref line, BitOperations.TrailingZeroCount(matches))) - 1;
        var segments = _segments;
        if (address >> _offsetBits >= (uint)segments.Length || segments[address >> _offsetBits] is not { } segment) return;
        var offset = (int)(address & _offsetMask) * EntryHead.Unit;
        if (offset < segment.Length) Prefetching.Fetch(ref segment[offset], lines: 3);
    }

    /// <summary>Looks a short key up as most are: with nothing beside its value, in the first slot that may be its own. Without the lock.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="isUse">Whether a hit counts as a use.</param>
    /// <param name="sink">Takes the value; it counts when the result says so.</param>
    /// <returns>The length of the value, which was taken; less than 0: <see cref="Search"/> tells.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadPlain<TKey, TSink>(in TKey key, uint hash, bool isUse, ref TSink sink)
        where TKey : struct, IShortKey
        where TSink : struct, IValueSink, allows ref struct
    {
        // In a straight line, of as few instructions as can be: so the processor waits for the memory of the next lookups before this one's has come.
        var version = Volatile.Read(ref _version) & ~1u;
        var segments = _segments;
        var tag = SlotTable.TagOf(hash);
        ref var line = ref _table.HomeLineOf(tag);
        var matches = SlotTable.Matches(ref line, tag);
        if (matches == 0) return -1;
        ref var slot = ref Unsafe.Add(ref line, BitOperations.TrailingZeroCount(matches));
        var address = SlotTable.AddressOf(slot) - 1;
        var number = address >> _offsetBits;
        if (number >= (uint)segments.Length || segments[number] is not { } segment) return -1;
        var offset = (int)(address & _offsetMask) * EntryHead.Unit;
        var room = segment.Length - offset;
        if (room < EntryHead.ShortBytes) return -1;
        ref var entry = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(segment), (nint)(uint)offset);
        if (Unsafe.ReadUnaligned<ushort>(ref entry) != (PlainHead | ((uint)key.Length << 8))) return -1;
        int length = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref entry, sizeof(ushort)));
        if (EntryHead.ShortBytes + key.Length + length > room) return -1;
        if (key.Difference(ref Unsafe.Add(ref entry, EntryHead.ShortBytes)) != Vector128<byte>.Zero) return -1;
        if (!sink.TryTake(segment, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref entry, (nint)(uint)(EntryHead.ShortBytes + key.Length)), length))) return -1;

        // An odd version, of a change that goes on, is none either.
        if (!IsUnchanged(version)) return -1;
        if (isUse) Use(ref slot, hash, EntryHead.ShortBytes + key.Length + length);
        return length;
    }

    /// <summary>Looks a key up without the lock.</summary>
    /// <inheritdoc cref="ReadPlain"/>
    /// <returns>What came of it.</returns>
    public ReadResult Search<TSink>(string key, uint hash, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        var version = Volatile.Read(ref _version);
        if ((version & 1) != 0) return ReadResult.Disturbed;
        var table = _table;
        var search = table.Find(hash);
        var segments = _segments;
        while (search.MoveNext())
        {
            var address = SlotTable.AddressOf(search.Slot) - 1;
            var number = address >> _offsetBits;
            if (number >= (uint)segments.Length || segments[number] is not { } segment) continue;
            if (!EntryHead.TryRead(segment, (int)(address & _offsetMask) * EntryHead.Unit, out var head) || !head.HasKey(key)) continue;
            if (head.HasEnd)
            {
                var end = head.End;
                if (!IsUnchanged(version)) return ReadResult.Disturbed;
                if (end <= _now()) return ReadResult.Expired;
            }

            sink.TryTake(segment, head.Value);
            if (!IsUnchanged(version)) return ReadResult.Disturbed;
            if (isUse) Use(ref table[search.Place], hash, head.ValueOffset + head.ValueLength);
            return ReadResult.Found;
        }

        return IsUnchanged(version) ? ReadResult.Missing : ReadResult.Disturbed;
    }

    // Without the lock: the slot may be another's by now, which does no harm.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Use(ref ulong slot, uint hash, int bytes)
    {
        SlotTable.Use(ref slot, LogEviction.MostUses);
        if (EvictionChoice.SampleOf(hash) < _choice.SampledBelow) _choice.Note(hash, bytes);
    }

    // Whether everything read since a version was as it was.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsUnchanged(uint version)
    {
        Volatile.ReadBarrier();
        return _version == version;
    }
}
