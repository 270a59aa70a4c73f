using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cistern.Cli;

/// <summary>
/// Writes JSON text: UTF-8 as it is, except what JSON forbids and what could lie on a terminal, which are escaped. Most texts need no
/// escape at all and are copied.
/// </summary>
internal static class JsonText
{
    private const string PlainAscii = " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    private const int MostBytesPerRune = 12;

    private static readonly SearchValues<char> PlainChars = SearchValues.Create(PlainAscii);
    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(Encoding.ASCII.GetBytes(PlainAscii));

    /// <summary>Whether a text can be copied into a JSON string as it is, one byte per character.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(PlainChars);

    /// <inheritdoc cref="IsPlain(ReadOnlySpan{char})"/>
    public static bool IsPlain(ReadOnlySpan<byte> utf8) => !utf8.ContainsAnyExcept(PlainBytes);

    /// <summary>Writes a string with its quotes.</summary>
    public static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        output.Write("\""u8);
        foreach (var rune in text.EnumerateRunes()) WriteRune(output, rune);
        output.Write("\""u8);
    }

    /// <summary>Writes a string with its quotes.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="utf8">The text; valid UTF-8.</param>
    public static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        output.Write("\""u8);
        WriteInside(output, utf8);
        output.Write("\""u8);
    }

    /// <summary>Writes JSON on one line: what is between its tokens is dropped, and its strings are escaped where they must be.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="json">The JSON; valid.</param>
    public static void WriteJson(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var needsComma = false;
        while (reader.Read())
        {
            var isEnd = reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;
            if (needsComma && !isEnd) output.Write(", "u8);
            needsComma = true;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    WriteQuoted(output, reader.ValueSpan);
                    output.Write(": "u8);
                    needsComma = false;
                    break;
                case JsonTokenType.String: WriteQuoted(output, reader.ValueSpan); break;
                case JsonTokenType.StartArray or JsonTokenType.StartObject:
                    output.Write(reader.ValueSpan);
                    needsComma = false;
                    break;
                default: output.Write(reader.ValueSpan); break;
            }
        }
    }

    /// <summary>Writes a rate as Python does: 0.3333, 0.0, 1.0.</summary>
    public static string Rate(double rate) => rate.ToString("0.0###", CultureInfo.InvariantCulture);

    // A string as it stands between quotes in JSON already: its own escapes stay.
    private static void WriteQuoted(IBufferWriter<byte> output, ReadOnlySpan<byte> inside)
    {
        output.Write("\""u8);
        while (inside.Length > 0)
        {
            var escape = inside.IndexOf((byte)'\\');
            WriteInside(output, escape < 0 ? inside : inside[..escape]);
            if (escape < 0) break;
            output.Write(inside.Slice(escape, 2));
            inside = inside[(escape + 2)..];
        }

        output.Write("\""u8);
    }

    private static void WriteInside(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        while (utf8.Length > 0)
        {
            var plain = utf8.IndexOfAnyExcept(PlainBytes);
            output.Write(plain < 0 ? utf8 : utf8[..plain]);
            if (plain < 0) return;
            Rune.DecodeFromUtf8(utf8[plain..], out var rune, out var consumed);
            WriteRune(output, rune);
            utf8 = utf8[(plain + consumed)..];
        }
    }

    private static void WriteRune(IBufferWriter<byte> output, Rune rune)
    {
        var span = output.GetSpan(MostBytesPerRune);
        if (rune.Value is '"' or '\\')
        {
            span[0] = (byte)'\\';
            span[1] = (byte)rune.Value;
            output.Advance(2);
        }
        else if (!TerminalText.IsHostile(rune))
        {
            output.Advance(rune.EncodeToUtf8(span));
        }
        else
        {
            Span<char> units = stackalloc char[2];
            var written = 0;
            foreach (var unit in units[..rune.EncodeToUtf16(units)]) written += Encoding.ASCII.GetBytes($"\\u{(int)unit:x4}", span[written..]);
            output.Advance(written);
        }
    }
}
