using System.Buffers;
using System.Text.Json;

namespace Cistern;

/// <summary>Metadata as the JSON object that a database holds.</summary>
internal static class MetadataText
{
    public static ReadOnlySpan<byte> Write(IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, text) in metadata) json.WriteString(name, text);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> text)
    {
        var metadata = new Dictionary<string, string>();
        var reader = new Utf8JsonReader(text);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The metadata of an entry is not a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw new JsonException("The metadata of an entry holds something other than a string.");
            metadata[name] = reader.GetString()!;
        }

        return metadata.AsReadOnly();
    }
}
