using System.Buffers.Binary;

namespace Cistern;

/// <summary>
/// How a record lies in a journal or sidecar: a mark, the length, the number, a checksum of these and one of the content. The two apart
/// tell where a record with a damaged content ends.
/// </summary>
internal static class Frame
{
    public const int HeadBytes = 24;

    private const uint Mark = 0xC157E24D;
    private const int LengthAt = 4;
    private const int SequenceAt = 8;
    private const int HeadChecksumAt = 16;
    private const int BodyChecksumAt = 20;

    public static ReadOnlySpan<byte> MarkBytes => [0x4D, 0xE2, 0x57, 0xC1];

    /// <summary>Fills the head of a record whose content is in place.</summary>
    public static void Seal(Span<byte> frame, ulong sequence, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(frame[LengthAt..], frame.Length - HeadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[HeadChecksumAt..], Checksum.Of(frame[..HeadChecksumAt], salt));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[BodyChecksumAt..], Checksum.Of(frame[HeadBytes..], salt));
    }

    /// <summary>Whether a record begins here whose head is sound and whose content would end within the file.</summary>
    public static bool HasHead(ReadOnlySpan<byte> bytes, uint salt, out int length, out ulong sequence)
    {
        (length, sequence) = (0, 0);
        if (bytes.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeadChecksumAt..]) != Checksum.Of(bytes[..HeadChecksumAt], salt)) return false;
        length = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[SequenceAt..]);
        return length >= 0 && length <= bytes.Length - HeadBytes;
    }

    /// <summary>The checksum that the content should have.</summary>
    public static uint BodyChecksum(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[BodyChecksumAt..]);

    public static bool HasBody(ReadOnlySpan<byte> frame, uint salt) =>
        BodyChecksum(frame) == Checksum.Of(frame[HeadBytes..], salt);
}
