using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Cistern;

/// <summary>
/// How an entry lies in a segment: flags, lengths, when it was created; then what it has of end, absolute end, version and length of the metadata; then key,
/// value, metadata. An entry may be overwritten while it is read: every length is checked against the segment before it is used, and whoever
/// reads without the lock must check afterwards that nothing has changed.
/// </summary>
internal readonly ref struct EntryHead
{
    /// <summary>Entries begin at multiples of this.</summary>
    public const int Unit = 4;

    /// <summary>The latest time of creation, in milliseconds since the engine's beginning: 34 years.</summary>
    public const long MostCreated = (1L << (8 * CreatedBytes)) - 1;

    private const int CreatedAt = 4;
    private const int CreatedBytes = 5;
    /// <summary>The head of an entry without optional parts, whose lengths are short.</summary>
    public const int ShortBytes = CreatedAt + CreatedBytes;
    private const int LongBytes = ShortBytes + 2 * sizeof(int);
    private const int MostShortKeyBytes = byte.MaxValue;
    private const int MostShortValueBytes = ushort.MaxValue;
    private const EntryFlags Instants = EntryFlags.HasEnd | EntryFlags.HasAbsoluteEnd | EntryFlags.HasVersion;

    /// <summary>The bytes of an entry of the longest head without optional parts, beside key and value.</summary>
    public const int MostOverheadBytes = LongBytes + 3 * sizeof(long) + sizeof(int) + Unit - 1;

    private readonly ref byte _first;

    private EntryHead(ref byte first, EntryFlags flags, int keyOffset, int keyBytes, int valueLength)
    {
        _first = ref first;
        Flags = flags;
        KeyOffset = keyOffset;
        KeyBytes = keyBytes;
        ValueLength = valueLength;
    }

    public EntryFlags Flags { get; }

    public int KeyOffset { get; }

    public int KeyBytes { get; }

    public int ValueLength { get; }

    public int ValueOffset => KeyOffset + KeyBytes;

    public bool HasEnd => (Flags & EntryFlags.HasEnd) != EntryFlags.None;

    /// <summary>Milliseconds since the engine's beginning.</summary>
    public long Created => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref _first, CreatedAt)) | ((long)Unsafe.Add(ref _first, CreatedAt + sizeof(uint)) << 32);

    public long End => HasEnd ? ReadLong(OptionsOffset) : StoredEntry.Never;

    public long AbsoluteEnd => (Flags & EntryFlags.HasAbsoluteEnd) != EntryFlags.None ? ReadLong(OptionsOffset + OptionBytes(Flags & EntryFlags.HasEnd)) : StoredEntry.Never;

    public long? Version =>
        (Flags & EntryFlags.HasVersion) != EntryFlags.None ? ReadLong(OptionsOffset + OptionBytes(Flags & (EntryFlags.HasEnd | EntryFlags.HasAbsoluteEnd))) : null;

    public int MetadataLength => (Flags & EntryFlags.HasMetadata) != EntryFlags.None ? Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref _first, KeyOffset - sizeof(int))) : 0;

    public ReadOnlySpan<byte> Value => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _first, ValueOffset), ValueLength);

    public ReadOnlySpan<byte> Metadata => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _first, ValueOffset + ValueLength), MetadataLength);

    /// <summary>The bytes of the whole entry, up to where the next one begins.</summary>
    public int Length => Align(ValueOffset + (long)ValueLength + MetadataLength);

    private int OptionsOffset => (Flags & EntryFlags.IsLong) != EntryFlags.None ? LongBytes : ShortBytes;

    /// <summary>The bytes that an entry needs; more than an array can have when that is too much.</summary>
    public static long LengthOf(EntryFlags flags, int keyBytes, long valueLength, int metadataLength)
    {
        var length = (IsLong(keyBytes, valueLength) ? LongBytes : ShortBytes) + OptionBytes(flags) + keyBytes + valueLength + metadataLength;
        return (length + Unit - 1) & ~(long)(Unit - 1);
    }

    /// <summary>Reads the head of an entry that may be overwritten at any moment; false: what is there cannot be one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(byte[] segment, int offset, out EntryHead head)
    {
        head = default;
        if ((uint)offset > (uint)segment.Length || segment.Length - offset < LongBytes) return TryReadShort(segment, offset, out head);
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(segment), offset);
        var word = Unsafe.ReadUnaligned<uint>(ref first);
        var flags = (EntryFlags)(byte)word;
        var (keyBytes, valueLength, keyOffset) = ((int)(byte)(word >> 8), (int)(word >> 16), ShortBytes);
        if ((flags & EntryFlags.IsLong) != EntryFlags.None)
        {
            keyBytes = Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref first, ShortBytes));
            valueLength = Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref first, ShortBytes + sizeof(int)));
            keyOffset = LongBytes;
        }

        keyOffset += OptionBytes(flags);
        head = new EntryHead(ref first, flags, keyOffset, keyBytes, valueLength);
        return flags >= EntryFlags.IsEntry && keyBytes >= 0 && valueLength >= 0 && (long)offset + keyOffset + keyBytes + valueLength <= segment.Length;
    }

    /// <summary>Reads the head of an entry under the lock.</summary>
    public static EntryHead Read(byte[] segment, int offset) =>
        TryRead(segment, offset, out var head) ? head : throw new InvalidOperationException("There is no entry where one must be.");

    /// <summary>Writes an entry except for its value and metadata.</summary>
    /// <returns>The entry, to write these into.</returns>
    public static EntryHead Write(byte[] segment, int offset, in DraftParts parts)
    {
        ref var first = ref segment[offset];
        var isLong = IsLong(parts.KeyBytes, parts.ValueLength);
        var flags = parts.Flags | EntryFlags.IsEntry | (isLong ? EntryFlags.IsLong : EntryFlags.None);
        Unsafe.WriteUnaligned(ref first, isLong ? (uint)flags : (uint)flags | ((uint)parts.KeyBytes << 8) | ((uint)parts.ValueLength << 16));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, CreatedAt), (uint)parts.Created);
        Unsafe.Add(ref first, CreatedAt + sizeof(uint)) = (byte)(parts.Created >> 32);
        var at = ShortBytes;
        if (isLong)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, at), parts.KeyBytes);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, at + sizeof(int)), parts.ValueLength);
            at = LongBytes;
        }

        if ((flags & EntryFlags.HasEnd) != EntryFlags.None) at = WriteLong(ref first, at, parts.End);
        if ((flags & EntryFlags.HasAbsoluteEnd) != EntryFlags.None) at = WriteLong(ref first, at, parts.AbsoluteEnd);
        if ((flags & EntryFlags.HasVersion) != EntryFlags.None) at = WriteLong(ref first, at, parts.Version);
        if ((flags & EntryFlags.HasMetadata) != EntryFlags.None)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, at), parts.MetadataLength);
            at += sizeof(int);
        }

        var key = segment.AsSpan(offset + at, parts.KeyBytes);
        if ((flags & EntryFlags.IsWide) != EntryFlags.None) MemoryMarshal.AsBytes(parts.Key.AsSpan()).CopyTo(key);
        else Ascii.FromUtf16(parts.Key, key, out _);
        return new EntryHead(ref first, flags, at, parts.KeyBytes, parts.ValueLength);
    }

    /// <summary>Whether the entry has a key. Its bytes may be overwritten meanwhile: then the answer means nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasKey(string key)
    {
        var stored = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _first, KeyOffset), KeyBytes);
        if ((Flags & EntryFlags.IsWide) == EntryFlags.None) return stored.Length == key.Length && Ascii.Equals(stored, key);
        return stored.SequenceEqual(MemoryMarshal.AsBytes(key.AsSpan()));
    }

    /// <summary>The key, as text.</summary>
    public string ReadKey()
    {
        var stored = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _first, KeyOffset), KeyBytes);
        return (Flags & EntryFlags.IsWide) == EntryFlags.None ? Encoding.ASCII.GetString(stored) : new string(MemoryMarshal.Cast<byte, char>(stored));
    }

    /// <summary>The key's hash.</summary>
    public uint HashKey() => KeyHash.OfStored(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _first, KeyOffset), KeyBytes), (Flags & EntryFlags.IsWide) != EntryFlags.None);

    /// <summary>Moves the end of an entry that has one.</summary>
    public void WriteEnd(long end) => WriteLong(ref _first, OptionsOffset, end);

    /// <summary>Where the value goes.</summary>
    public Span<byte> ValueToWrite() => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _first, ValueOffset), ValueLength);

    /// <summary>Where the metadata goes.</summary>
    public Span<byte> MetadataToWrite() => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref _first, ValueOffset + ValueLength), MetadataLength);

    private static bool IsLong(int keyBytes, long valueLength) => keyBytes > MostShortKeyBytes || valueLength > MostShortValueBytes;

    private static int OptionBytes(EntryFlags flags) =>
        BitOperations.PopCount((uint)(flags & Instants)) * sizeof(long) + ((flags & EntryFlags.HasMetadata) != EntryFlags.None ? sizeof(int) : 0);

    private static int Align(long length) => (int)((length + Unit - 1) & ~(long)(Unit - 1));

    // The last entry of a segment may be shorter than the longest head.
    private static bool TryReadShort(byte[] segment, int offset, out EntryHead head)
    {
        head = default;
        if ((uint)offset > (uint)segment.Length || segment.Length - offset < ShortBytes) return false;
        ref var first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(segment), offset);
        var word = BinaryPrimitives.ReadUInt32LittleEndian(segment.AsSpan(offset));
        var flags = (EntryFlags)(byte)word;
        if ((flags & EntryFlags.IsLong) != EntryFlags.None) return false;
        var keyOffset = ShortBytes + OptionBytes(flags);
        head = new EntryHead(ref first, flags, keyOffset, (byte)(word >> 8), (int)(word >> 16));
        return flags >= EntryFlags.IsEntry && offset + keyOffset + head.KeyBytes + head.ValueLength <= segment.Length;
    }

    private static int WriteLong(ref byte first, int at, long value)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, at), value);
        return at + sizeof(long);
    }

    private long ReadLong(int offset) => Unsafe.ReadUnaligned<long>(ref Unsafe.Add(ref _first, offset));
}
