using System.Text;
using System.Text.Json;

namespace Cistern;

/// <summary>The rule by which JSON becomes keys and values, and what is said of JSON that is none.</summary>
internal static class JsonText
{
    public const int MaxDepth = 64;

    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth };

    public const string LoneSurrogate = "A string has half of a surrogate pair, which UTF-8 cannot hold; both halves are needed.";

    public const string CutOff = "The JSON is cut off here.";

    private const string TooDeep = "The JSON is nested too deeply; at most 64 levels are allowed.";

    private const string Invalid = "This is not valid JSON (RFC 8259).";

    /// <summary>The entry of a key and its value as JSON: a null is an absent key, a string is its text, anything else stays the JSON it is.</summary>
    public static FileRecord ToRecord(string key, ReadOnlyMemory<byte> value, int valuePosition) => value.Span[0] switch
    {
        (byte)'n' => FileRecord.Absent(key),
        (byte)'"' when Unescape(value) is { } text => FileRecord.Of(new SourceEntry(key, text)),
        (byte)'"' => FileRecord.Faulty(LoneSurrogate, valuePosition),
        _ => FileRecord.Of(new SourceEntry(key, value) { Metadata = SourceMetadata.Json }),
    };

    /// <summary>The text of a JSON string, in UTF-8; null: it has half of a surrogate pair.</summary>
    public static ReadOnlyMemory<byte>? Unescape(ReadOnlyMemory<byte> quoted)
    {
        var raw = quoted[1..^1];
        if (!raw.Span.Contains((byte)'\\')) return raw;
        var reader = new Utf8JsonReader(quoted.Span);
        reader.Read();
        var text = new byte[raw.Length];
        try
        {
            return text.AsMemory(0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The text of a JSON string; null: it has half of a surrogate pair.</summary>
    public static string? ReadString(ReadOnlyMemory<byte> quoted) => Unescape(quoted) is { } text ? Encoding.UTF8.GetString(text.Span) : null;

    /// <summary>
    /// Says what is wrong where a reader stopped. The reader's own words are not used, as they quote the text.
    /// </summary>
    /// <param name="bytes">All that was read.</param>
    /// <param name="position">Where it stopped.</param>
    /// <param name="depth">How deep it was.</param>
    public static string Explain(ReadOnlySpan<byte> bytes, int position, int depth)
    {
        // Behind a comma the reader stops at the comma.
        if (position >= bytes.Length || bytes[position..].TrimStart(" \t\r\n,"u8).IsEmpty) return CutOff;
        return depth >= MaxDepth - 1 && bytes[position] is (byte)'[' or (byte)'{' ? TooDeep : Invalid;
    }
}
