using System.Buffers;
using System.Text.Json;

namespace Cistern;

/// <summary>Metadata as a row has them: a JSON object in UTF-8, as bytes, since a text of PostgreSQL holds no NUL.</summary>
internal static class MetadataBytes
{
    public static byte[]? Write(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null) return null;
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, text) in metadata) json.WriteString(name, text);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> bytes)
    {
        var metadata = new Dictionary<string, string>();
        var json = new Utf8JsonReader(bytes);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("The metadata of an entry are not a JSON object.");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (!json.Read() || json.TokenType != JsonTokenType.String) throw new JsonException("The metadata of an entry hold something other than a string.");
            metadata[name] = json.GetString()!;
        }

        return metadata.AsReadOnly();
    }
}
