using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Cistern.Cli;

/// <summary>
/// Gives every key one string, however often it is written, tells when the source has a key twice, and where it has it: open addressing over
/// a seeded hash of UTF-8 bytes. Nearly every probe touches one slot and the string itself. Lookups come here only when
/// <see cref="PlainKeys"/> cannot read them. Once nothing is added any more, safe for concurrent use.
/// </summary>
internal sealed class KeyTable
{
    private const ulong Mixer = 0x9E37_79B9_7F4A_7C15;
    private const int NumberBits = 32;
    private const int StackBytes = 256;
    private const int NotFound = -1;

    private readonly ulong _seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong)));

    // The upper half of a slot is the hash, the lower the key's number plus one; 0 is empty.
    private ulong[] _slots = new ulong[1024];
    private string[] _texts = new string[512];

    // 0: the source does not have the key; 1: it has, without an entry; from 2 on: the index of its entry, plus 2.
    private int[] _places = new int[512];
    private int _count;

    /// <summary>The string of a key; made at its first appearance.</summary>
    /// <param name="utf8">The key; valid UTF-8.</param>
    public string Intern(ReadOnlySpan<byte> utf8) => _texts[FindOrAdd(utf8)];

    /// <summary>Notes that the source has a key; false if it was noted before.</summary>
    /// <param name="utf8">The key; valid UTF-8.</param>
    /// <param name="index">The index of its entry; null: it has none.</param>
    /// <param name="key">Its string.</param>
    public bool TryAddToSource(ReadOnlySpan<byte> utf8, int? index, out string key)
    {
        var number = FindOrAdd(utf8);
        key = _texts[number];
        if (_places[number] != 0) return false;
        _places[number] = (index ?? -1) + 2;
        return true;
    }

    /// <summary>The index of the entry that the source has for a key; -1 when it has none.</summary>
    public int IndexInSource(string key)
    {
        var length = Encoding.UTF8.GetByteCount(key);
        var utf8 = length <= StackBytes ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(key, utf8);
        return Find(utf8, Hash(utf8), out _) is >= 0 and var number && _places[number] >= 2 ? _places[number] - 2 : NotFound;
    }

    private int FindOrAdd(ReadOnlySpan<byte> utf8)
    {
        var hash = Hash(utf8);
        var number = Find(utf8, hash, out var place);
        return number == NotFound ? Add(utf8, hash, place) : number;
    }

    // Hundreds of thousands of calls are over before the runtime would have optimised it by itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find(ReadOnlySpan<byte> utf8, uint hash, out int place)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        for (place = (int)hash & mask; ; place = (place + 1) & mask)
        {
            var slot = slots[place];
            if (slot == 0) return NotFound;
            if ((uint)(slot >> NumberBits) == hash && IsSame(utf8, _texts[(int)(uint)slot - 1])) return (int)(uint)slot - 1;
        }
    }

    private int Add(ReadOnlySpan<byte> utf8, uint hash, int place)
    {
        _slots[place] = ((ulong)hash << NumberBits) | (uint)(_count + 1);

        // Written before it is read, like the slots when they grow.
        _places[_count] = 0;
        _texts[_count++] = Encoding.UTF8.GetString(utf8);
        if (_count == _texts.Length) Grow();
        return _count - 1;
    }

    // At most half full, so that probes stay short.
    private void Grow()
    {
        Array.Resize(ref _texts, _count * 2);
        Array.Resize(ref _places, _count * 2);
        var slots = new ulong[_count * 4];

        // Written before it is probed: a page that is read first is mapped twice, and the second time interrupts every processor.
        slots.AsSpan().Clear();
        var mask = slots.Length - 1;
        foreach (var slot in _slots)
        {
            if (slot == 0) continue;
            var place = (int)(uint)(slot >> NumberBits) & mask;
            while (slots[place] != 0) place = (place + 1) & mask;
            slots[place] = slot;
        }

        _slots = slots;
    }

    private static bool IsSame(ReadOnlySpan<byte> utf8, string text) => Ascii.Equals(utf8, text) || (!Ascii.IsValid(utf8) && utf8.SequenceEqual(Encoding.UTF8.GetBytes(text)));

    // Multiply and fold, eight bytes at a time. The seed keeps a file from being written against it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = _seed ^ (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        var rest = 0UL;
        if (bytes.Length >= sizeof(uint))
        {
            rest = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        foreach (var b in bytes) rest = (rest << 8) | b;
        hash = Fold(hash ^ BitOperations.RotateLeft(rest, 17));
        return (uint)(hash >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value, Mixer, out var low);
        return high ^ low;
    }
}
