using System.Text;

namespace Cistern;

/// <summary>Tells files in UTF-8, the only encoding there is, from others.</summary>
internal static class TextEncoding
{
    public const string NotUtf8 = "This is not UTF-8; save the file as UTF-8.";

    private const string Utf16 = "The file is in UTF-16 or UTF-32; save it as UTF-8.";

    // JSON must not have one (RFC 8259, section 8.1), and in a list of keys it would be part of the first.
    private const string ByteOrderMark = "The file begins with a byte order mark; save it as UTF-8 without one.";

    /// <summary>Looks at how a file begins.</summary>
    /// <returns>How many bytes to skip: the byte order mark, where it is accepted.</returns>
    public static int Examine(ReadOnlySpan<byte> beginning, bool acceptsByteOrderMark, out string? reason)
    {
        // A NUL among the first two bytes is half of a character that takes two or four: no text in UTF-8 begins so.
        var isWide = beginning is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, ..] or [_, 0, ..];
        var hasMark = beginning is [0xEF, 0xBB, 0xBF, ..];
        reason = isWide ? Utf16 : hasMark && !acceptsByteOrderMark ? ByteOrderMark : null;
        return hasMark ? 3 : 0;
    }

    /// <summary>Where the first byte is that is not UTF-8; the length when there is none.</summary>
    public static int FindInvalid(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (Rune.DecodeFromUtf8(bytes[position..], out _, out var length) == System.Buffers.OperationStatus.Done) position += length;
        return position;
    }
}
