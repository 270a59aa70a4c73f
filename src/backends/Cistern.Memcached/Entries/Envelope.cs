using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Cistern;

/// <summary>
/// What is written for an entry: a byte for the format's version, one for the parts that follow, a checksum over the name, these parts and the
/// value's length; when it was set; then, if it has them, its end, its absolute end, its version, its key (where the name is a hash) and its metadata; then
/// the value. Numbers are little-endian. 14 bytes for a plain entry.
/// </summary>
/// <remarks>The version's byte begins no text in UTF-8, and the checksum binds an entry to its name: what others stored there is not read as an entry.</remarks>
internal readonly struct Envelope
{
    public const byte FormatVersion = 0xC1;

    public const int FixedBytes = CreatedAt + sizeof(long);

    private const int PartsAt = 1;
    private const int ChecksumAt = 2;
    private const int CreatedAt = ChecksumAt + sizeof(uint);

    private readonly EnvelopeParts _parts;
    private readonly int _keyBytes;
    private readonly int _metadataBytes;

    /// <summary>Measures what will be written for an entry.</summary>
    /// <param name="draft">The entry; of a tombstone, its version and its end.</param>
    /// <param name="isTombstone">Whether it is a tombstone.</param>
    /// <param name="isHashed">Whether its name is a hash, so that the key is kept.</param>
    public Envelope(in EntryDraft draft, bool isTombstone, bool isHashed)
    {
        _parts = (draft.ExpiresAtMilliseconds is null ? EnvelopeParts.None : EnvelopeParts.ExpiresAt)
            | (draft.AbsoluteExpirationMilliseconds is null ? EnvelopeParts.None : EnvelopeParts.AbsoluteExpiration)
            | (draft.Version is null ? EnvelopeParts.None : EnvelopeParts.Version)
            | (draft.Metadata is null ? EnvelopeParts.None : EnvelopeParts.Metadata)
            | (isHashed ? EnvelopeParts.Key : EnvelopeParts.None)
            | (isTombstone ? EnvelopeParts.Tombstone : EnvelopeParts.None);
        _keyBytes = isHashed ? Encoding.UTF8.GetByteCount(draft.Key) : 0;
        _metadataBytes = draft.Metadata is null ? 0 : MetadataBytes.Measure(draft.Metadata);
        HeaderBytes = checked(FixedBytes + InstantBytes(_parts) + (isHashed ? sizeof(int) + _keyBytes : 0) + (draft.Metadata is null ? 0 : sizeof(int) + _metadataBytes));
        TotalBytes = HeaderBytes + draft.Value.Length;
    }

    /// <summary>The bytes before the value.</summary>
    public int HeaderBytes { get; }

    /// <summary>All bytes.</summary>
    public long TotalBytes { get; }

    /// <summary>All bytes once a touch has given it an end, which it may have already: what is taken must have room for that.</summary>
    public long TotalBytesWithEnd => TotalBytes + (_parts.Has(EnvelopeParts.ExpiresAt) ? 0 : sizeof(long));

    /// <summary>Writes all of it.</summary>
    /// <param name="draft">The entry that was measured.</param>
    /// <param name="name">What it is called on the server.</param>
    /// <param name="bytes">Where to: at least <see cref="TotalBytes"/>.</param>
    public void Write(in EntryDraft draft, ReadOnlySpan<byte> name, Span<byte> bytes)
    {
        bytes[0] = FormatVersion;
        bytes[PartsAt] = (byte)_parts;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[CreatedAt..], draft.CreatedAtMilliseconds);
        var at = FixedBytes;
        WriteInstant(draft.ExpiresAtMilliseconds, bytes, ref at);
        WriteInstant(draft.AbsoluteExpirationMilliseconds, bytes, ref at);
        WriteInstant(draft.Version, bytes, ref at);
        if (_parts.Has(EnvelopeParts.Key))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[at..], _keyBytes);
            Encoding.UTF8.GetBytes(draft.Key, bytes[(at + sizeof(int))..]);
            at += sizeof(int) + _keyBytes;
        }

        if (_parts.Has(EnvelopeParts.Metadata))
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[at..], _metadataBytes);
            MetadataBytes.Write(draft.Metadata!, bytes[(at + sizeof(int))..]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumAt..], Sum(name, bytes[..HeaderBytes], (int)draft.Value.Length));
        draft.Value.CopyTo(bytes[HeaderBytes..]);
    }

    /// <summary>Reads what stands before a value; false when this was not written for an entry of that name, or by a format that is not known.</summary>
    /// <param name="bytes">What the server had.</param>
    /// <param name="name">What it was called there.</param>
    /// <param name="header">What was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, out EntryHeader header)
    {
        header = default;
        if (bytes.Length < FixedBytes || bytes[0] != FormatVersion) return false;
        var parts = (EnvelopeParts)bytes[PartsAt];
        var at = FixedBytes + InstantBytes(parts);
        if ((parts & ~EnvelopeParts.All) != EnvelopeParts.None || at > bytes.Length) return false;
        if (!TryReadPart(parts.Has(EnvelopeParts.Key), bytes, ref at, out var key)) return false;
        if (!TryReadPart(parts.Has(EnvelopeParts.Metadata), bytes, ref at, out var metadata)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Sum(name, bytes[..at], bytes.Length - at)) return false;
        var instants = FixedBytes;
        header = new EntryHeader
        {
            Parts = parts,
            CreatedAtMilliseconds = BinaryPrimitives.ReadInt64LittleEndian(bytes[CreatedAt..]),
            ExpiresAtMilliseconds = ReadInstant(parts.Has(EnvelopeParts.ExpiresAt), bytes, ref instants),
            AbsoluteExpirationMilliseconds = ReadInstant(parts.Has(EnvelopeParts.AbsoluteExpiration), bytes, ref instants),
            Version = ReadInstant(parts.Has(EnvelopeParts.Version), bytes, ref instants),
            Key = key,
            Metadata = metadata,
            ValueAt = at,
        };
        return true;
    }

    private static int InstantBytes(EnvelopeParts parts) =>
        sizeof(long) * ((parts.Has(EnvelopeParts.ExpiresAt) ? 1 : 0) + (parts.Has(EnvelopeParts.AbsoluteExpiration) ? 1 : 0) + (parts.Has(EnvelopeParts.Version) ? 1 : 0));

    private static void WriteInstant(long? number, Span<byte> bytes, ref int at)
    {
        if (number is not { } given) return;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[at..], given);
        at += sizeof(long);
    }

    private static long? ReadInstant(bool isThere, ReadOnlySpan<byte> bytes, ref int at)
    {
        if (!isThere) return null;
        at += sizeof(long);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes[(at - sizeof(long))..]);
    }

    private static bool TryReadPart(bool isThere, ReadOnlySpan<byte> bytes, ref int at, out Range part)
    {
        part = default;
        if (!isThere) return true;
        if (bytes.Length - at < sizeof(int)) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        at += sizeof(int);
        if (length < 0 || length > bytes.Length - at) return false;
        part = at..(at + length);
        at += length;
        return true;
    }

    private static uint Sum(ReadOnlySpan<byte> name, ReadOnlySpan<byte> header, int valueLength)
    {
        var sum = Checksum.Of(name, ~0u);
        sum = Checksum.Of(header[..ChecksumAt], sum);
        sum = Checksum.Of(header[CreatedAt..], sum);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, valueLength);
        return Checksum.Of(length, sum);
    }
}
