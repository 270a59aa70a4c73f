using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cistern;

/// <summary>
/// The canonical form of JSON, by RFC 8785 (JCS): no space, the names of an object in the order of their UTF-16 units, the shortest escapes.
/// Numbers are laid out as there, too, but keep every digit: two numbers beyond the precision of a double would else be one.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>The SHA-256 of the canonical form, in hexadecimal digits in lower case.</summary>
    /// <exception cref="InvalidOperationException">A string has half of a surrogate pair.</exception>
    public static string Hash(JsonElement element) => Convert.ToHexStringLower(SHA256.HashData(Write(element)));

    /// <summary>The canonical form, in UTF-8.</summary>
    /// <exception cref="InvalidOperationException">A string has half of a surrogate pair.</exception>
    public static ReadOnlySpan<byte> Write(JsonElement element)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(element, output);
        return output.WrittenSpan;
    }

    private static void Write(JsonElement element, ArrayBufferWriter<byte> output)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(element, output); break;
            case JsonValueKind.Array: WriteArray(element, output); break;
            case JsonValueKind.String: WriteString(element.GetString()!, output); break;
            case JsonValueKind.Number: Append(CanonicalNumber.Format(element.GetRawText()), output); break;
            default: Append(element.GetRawText(), output); break;
        }
    }

    // Of a name that is there twice, both stay, in their order: records that differ must not have one key.
    private static void WriteObject(JsonElement element, ArrayBufferWriter<byte> output)
    {
        var separator = "{";
        foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            Append(separator, output);
            WriteString(property.Name, output);
            Append(":", output);
            Write(property.Value, output);
            separator = ",";
        }

        Append(separator == "{" ? "{}" : "}", output);
    }

    private static void WriteArray(JsonElement element, ArrayBufferWriter<byte> output)
    {
        var separator = "[";
        foreach (var child in element.EnumerateArray())
        {
            Append(separator, output);
            Write(child, output);
            separator = ",";
        }

        Append(separator == "[" ? "[]" : "]", output);
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var unit in text)
        {
            _ = unit switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\b' => quoted.Append("\\b"),
                '\t' => quoted.Append("\\t"),
                '\n' => quoted.Append("\\n"),
                '\f' => quoted.Append("\\f"),
                '\r' => quoted.Append("\\r"),
                < ' ' => quoted.Append($"\\u{(int)unit:x4}"),
                _ => quoted.Append(unit),
            };
        }

        Append(quoted.Append('"').ToString(), output);
    }

    private static void Append(string text, ArrayBufferWriter<byte> output) => Encoding.UTF8.GetBytes(text, output);
}
