using System.Buffers.Binary;

namespace Cistern;

/// <summary>
/// How what a key holds begins: 1 byte for the format, 1 for <see cref="EnvelopeFlags"/>, 7 for when it was created, 7 for when it ends; then, where there is one, 8 for
/// the version and 7 for the end that no touch can move. Numbers have their highest byte first. Times are milliseconds since the year 1, 0 for none; versions have their sign turned
/// over, so that all are positive. The scripts read it, too.
/// </summary>
internal readonly record struct EnvelopeHead
{
    /// <summary>The format: another one is no entry of ours, or a newer program's.</summary>
    public const byte Format = 1;

    /// <summary>The bytes that every envelope begins with.</summary>
    public const int LeastBytes = 2 + 2 * TimeBytes;

    /// <summary>The bytes of the longest head.</summary>
    public const int MostBytes = LeastBytes + sizeof(long) + TimeBytes;

    private const int TimeBytes = 7;
    private const int BitsOfAByte = 8;

    // So that every instant that there is for .NET is positive.
    private const long MillisecondsBefore1970 = 62_135_596_800_000;

    /// <summary>The last millisecond that there is for .NET, since the year 1: what names a later one is none of ours.</summary>
    public const long MostMilliseconds = 315_537_897_599_999;

    public EnvelopeFlags Flags { get; init; }

    public long CreatedAtMilliseconds { get; init; }

    public long? ExpiresAtMilliseconds { get; init; }

    public long? AbsoluteExpirationMilliseconds { get; init; }

    public long? Version { get; init; }

    public bool IsTombstone => (Flags & EnvelopeFlags.IsTombstone) != EnvelopeFlags.None;

    public bool HasMetadata => (Flags & EnvelopeFlags.HasMetadata) != EnvelopeFlags.None;

    /// <summary>How many bytes it has.</summary>
    public int Length => LeastBytes + (Version is null ? 0 : sizeof(long)) + (AbsoluteExpirationMilliseconds is null ? 0 : TimeBytes);

    /// <summary>A time as the scripts take it: milliseconds since the year 1.</summary>
    public static long ForScripts(long? milliseconds) => milliseconds is { } time ? time + MillisecondsBefore1970 : 0;

    /// <summary>A version as an envelope and the scripts hold it.</summary>
    public static byte[] VersionBytes(long version)
    {
        var bytes = new byte[sizeof(long)];
        WriteVersion(bytes, version);
        return bytes;
    }

    /// <summary>Writes a version as an envelope and the scripts hold it.</summary>
    public static void WriteVersion(Span<byte> bytes, long version) => BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)version ^ (1UL << 63));

    /// <summary>A time as an envelope holds it.</summary>
    public static byte[] TimeText(long? milliseconds)
    {
        var bytes = new byte[TimeBytes];
        WriteTime(bytes, milliseconds);
        return bytes;
    }

    /// <summary>Reads a head; false: there is none, or one of another format.</summary>
    public static bool TryRead(ReadOnlySpan<byte> envelope, out EnvelopeHead head)
    {
        head = default;
        if (envelope.Length < LeastBytes || envelope[0] != Format) return false;
        var flags = (EnvelopeFlags)envelope[1];
        var rest = envelope[LeastBytes..];
        long? version = null;
        long? absoluteEnd = null;
        if ((flags & EnvelopeFlags.HasVersion) != EnvelopeFlags.None)
        {
            if (rest.Length < sizeof(long)) return false;
            version = (long)(BinaryPrimitives.ReadUInt64BigEndian(rest) ^ (1UL << 63));
            rest = rest[sizeof(long)..];
        }

        if ((flags & EnvelopeFlags.HasAbsoluteEnd) != EnvelopeFlags.None)
        {
            if (rest.Length < TimeBytes) return false;
            absoluteEnd = ReadTime(rest);
        }

        if (TimeIn(envelope[2..]) > MostMilliseconds || TimeIn(envelope[(2 + TimeBytes)..]) > MostMilliseconds || ForScripts(absoluteEnd) > MostMilliseconds) return false;
        head = new EnvelopeHead
        {
            Flags = flags,
            CreatedAtMilliseconds = ReadTime(envelope[2..]) ?? -MillisecondsBefore1970,
            ExpiresAtMilliseconds = ReadTime(envelope[(2 + TimeBytes)..]),
            AbsoluteExpirationMilliseconds = absoluteEnd,
            Version = version,
        };
        return true;
    }

    /// <summary>Writes it to the beginning of an envelope.</summary>
    public void Write(Span<byte> envelope)
    {
        envelope[0] = Format;
        envelope[1] = (byte)Flags;
        WriteTime(envelope[2..], CreatedAtMilliseconds);
        WriteTime(envelope[(2 + TimeBytes)..], ExpiresAtMilliseconds);
        var rest = envelope[LeastBytes..];
        if (Version is { } version)
        {
            WriteVersion(rest, version);
            rest = rest[sizeof(long)..];
        }

        if (AbsoluteExpirationMilliseconds is { } end) WriteTime(rest, end);
    }

    /// <summary>Whether it is a live entry's.</summary>
    public bool IsLive(long nowMilliseconds) => !IsTombstone && !(nowMilliseconds >= ExpiresAtMilliseconds);

    private static long? ReadTime(ReadOnlySpan<byte> bytes) => TimeIn(bytes) is var time and not 0 ? time - MillisecondsBefore1970 : null;

    private static long TimeIn(ReadOnlySpan<byte> bytes)
    {
        var time = 0L;
        for (var i = 0; i < TimeBytes; i++) time = (time << BitsOfAByte) | bytes[i];
        return time;
    }

    private static void WriteTime(Span<byte> bytes, long? milliseconds)
    {
        var time = ForScripts(milliseconds);
        for (var i = TimeBytes - 1; i >= 0; i--)
        {
            bytes[i] = (byte)time;
            time >>= BitsOfAByte;
        }
    }
}
