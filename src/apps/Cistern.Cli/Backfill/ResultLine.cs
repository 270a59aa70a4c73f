using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Cistern.Cli;

/// <summary>Writes one lookup's result as one JSON object on one line.</summary>
internal static class ResultLine
{
    // The longest frame around key and value.
    private const int FrameBytes = 64;

    private static ReadOnlySpan<byte> Before => "{\"key\": "u8;

    private static ReadOnlySpan<byte> Between => ", \"value\": "u8;

    private static ReadOnlySpan<byte> After => ", \"found\": true}"u8;

    /// <summary>Writes the result of a lookup that found a value.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="isJson">Whether the value is JSON itself, not text.</param>
    public static void WriteFound(BlockWriter output, string key, ReadOnlySpan<byte> value, bool isJson)
    {
        if (!isJson && JsonText.IsPlain(key) && JsonText.IsPlain(value)) WritePlain(output, key, value);
        else WriteAny(output, key, value, isJson);
    }

    /// <summary>Writes the result of a lookup without a value.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="key">The key.</param>
    /// <param name="error">Why the lookup failed; null: the source does not have the key.</param>
    public static void WriteMissing(BlockWriter output, string key, string? error)
    {
        output.Write(Before);
        JsonText.WriteString(output, key.AsSpan());
        output.Write(", \"value\": null, \"found\": false"u8);
        if (error is not null)
        {
            output.Write(", \"error\": "u8);
            JsonText.WriteString(output, error.AsSpan());
        }

        output.Write("}"u8);
    }

    // Nearly every result: one piece of memory, four copies.
    private static void WritePlain(BlockWriter output, string key, ReadOnlySpan<byte> value)
    {
        var span = output.GetSpan(key.Length + value.Length + FrameBytes);
        var written = Copy(Before, span);
        span[written++] = (byte)'"';
        Ascii.FromUtf16(key, span[written..], out var keyBytes);
        written += keyBytes;
        span[written++] = (byte)'"';
        written += Copy(Between, span[written..]);
        span[written++] = (byte)'"';
        written += Copy(value, span[written..]);
        span[written++] = (byte)'"';
        written += Copy(After, span[written..]);
        output.Advance(written);
    }

    // A value that is no text at all cannot be one in JSON: it is given in base64, under a name that says so.
    private static void WriteAny(BlockWriter output, string key, ReadOnlySpan<byte> value, bool isJson)
    {
        output.Write(Before);
        JsonText.WriteString(output, key.AsSpan());
        output.Write(Between);
        var isText = isJson || Utf8.IsValid(value);
        if (isJson) JsonText.WriteJson(output, value);
        else if (isText) JsonText.WriteString(output, value);
        else output.Write("null"u8);
        if (!isText)
        {
            output.Write(", \"value_base64\": "u8);
            JsonText.WriteString(output, Convert.ToBase64String(value).AsSpan());
        }

        output.Write(After);
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
