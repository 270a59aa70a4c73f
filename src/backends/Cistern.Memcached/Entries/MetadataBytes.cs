using System.Buffers.Binary;
using System.Text;

namespace Cistern;

/// <summary>Metadata as bytes: each name and each text as UTF-8 behind its length.</summary>
internal static class MetadataBytes
{
    public static int Measure(IReadOnlyDictionary<string, string> metadata)
    {
        var bytes = 0;
        foreach (var (name, text) in metadata) bytes = checked(bytes + 2 * sizeof(int) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(text));
        return bytes;
    }

    public static void Write(IReadOnlyDictionary<string, string> metadata, Span<byte> bytes)
    {
        foreach (var (name, text) in metadata)
        {
            bytes = bytes[Write(name, bytes)..];
            bytes = bytes[Write(text, bytes)..];
        }
    }

    /// <summary>Reads metadata; null when these are none.</summary>
    public static IReadOnlyDictionary<string, string>? Read(ReadOnlySpan<byte> bytes)
    {
        var metadata = new Dictionary<string, string>();
        while (!bytes.IsEmpty)
        {
            if (Read(ref bytes) is not { } name || Read(ref bytes) is not { } text) return null;
            metadata[name] = text;
        }

        return metadata.AsReadOnly();
    }

    private static int Write(string text, Span<byte> bytes)
    {
        var length = Encoding.UTF8.GetBytes(text, bytes[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return sizeof(int) + length;
    }

    private static string? Read(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(int)) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bytes = bytes[sizeof(int)..];
        if (length < 0 || length > bytes.Length) return null;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }
}
