using System.Text;

namespace Cistern;

/// <summary>Metadata as bytes: for each pair the name and the text, each behind its length.</summary>
internal static class MetadataBytes
{
    /// <summary>Writes metadata; null: none, and no bytes.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null) return [];
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.Unicode);
        foreach (var (name, text) in metadata)
        {
            Write(writer, name);
            Write(writer, text);
        }

        return bytes.ToArray();
    }

    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return CacheEntry.EmptyMetadata;
        var metadata = new Dictionary<string, string>();
        while (!bytes.IsEmpty)
        {
            var name = ReadText(ref bytes);
            metadata.Add(name, ReadText(ref bytes));
        }

        return metadata.AsReadOnly();
    }

    // In UTF-16, in which any text can be had back.
    private static void Write(BinaryWriter writer, string text)
    {
        writer.Write(text.Length);
        foreach (var character in text) writer.Write((ushort)character);
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes)
    {
        var length = BitConverter.ToInt32(bytes) * sizeof(char);
        var text = new string(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, char>(bytes.Slice(sizeof(int), length)));
        bytes = bytes[(sizeof(int) + length)..];
        return text;
    }
}
