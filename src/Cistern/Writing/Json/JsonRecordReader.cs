using System.Text;
using System.Text.Json;

namespace Cistern;

/// <summary>
/// Makes a record of a JSON object. What is none, or lacks something, becomes a rejected record that says why; nothing is thrown.
/// Safe for concurrent use.
/// </summary>
public sealed class JsonRecordReader
{
    private const string NotAnObject = "A record must be a JSON object.";

    private readonly RecordFields _fields;
    private readonly (RecordPart Part, string Name, byte[] Utf8)[] _names;

    /// <summary>Creates a reader.</summary>
    /// <param name="fields">Which fields mean something. Null: only <c>key</c>.</param>
    /// <exception cref="ArgumentException">One field is to mean two things.</exception>
    public JsonRecordReader(RecordFields? fields = null)
    {
        _fields = fields ?? new RecordFields();
        ArgumentNullException.ThrowIfNull(_fields.Key, nameof(fields));
        (RecordPart, string?)[] names = [(RecordPart.Key, _fields.Key), (RecordPart.Value, _fields.Value), (RecordPart.TimeToLive, _fields.TimeToLive), (RecordPart.Metadata, _fields.Metadata), (RecordPart.Version, _fields.Version)];
        _names = [.. from pair in names where pair.Item2 is not null select (pair.Item1, pair.Item2, Encoding.UTF8.GetBytes(pair.Item2))];
        if (_names.DistinctBy(name => name.Name).Count() < _names.Length) throw new ArgumentException("One field cannot mean two things.", nameof(fields));
    }

    /// <summary>Reads a record.</summary>
    /// <param name="json">
    /// Its JSON, valid UTF-8. The value of the record is a part of it and keeps all of it alive, unless that part is less than half or a string
    /// with escapes: then it is a copy.
    /// </param>
    /// <param name="line">The line of its file at which it begins, from 1; null: it is of no file.</param>
    public WriteRecord Read(ReadOnlyMemory<byte> json, long? line = null)
    {
        var record = ReadPart(json, line);

        // Whoever bounds the memory of records knows how long the value is, and not what it is a part of.
        return record.Value.Length < json.Length / 2 ? record with { Value = record.Value.ToArray() } : record;
    }

    /// <summary>Reads a record whose value is a part of its JSON, however small, unless it is a string with escapes.</summary>
    internal WriteRecord ReadPart(ReadOnlyMemory<byte> json, long? line)
    {
        var start = json.Length - json.Span.TrimStart(" \t\r\n"u8).Length;
        var record = json.Slice(start, json.Span.Trim(" \t\r\n"u8).Length);
        var reader = new Utf8JsonReader(record.Span, JsonText.ReaderOptions);
        try
        {
            return Read(ref reader, record) with { Line = line };
        }
        catch (JsonException error)
        {
            var position = (int)Math.Clamp(error.BytePositionInLine ?? 0, 0, record.Length);
            return WriteRecord.Rejected(JsonText.Explain(record.Span, position, reader.CurrentDepth), line);
        }
        catch (InvalidOperationException)
        {
            return WriteRecord.Rejected(JsonText.LoneSurrogate, line);
        }
    }

    private WriteRecord Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return WriteRecord.Rejected(NotAnObject);

        // Where each part is; a part cannot be at the start of an object.
        Span<Range> places = stackalloc Range[Enum.GetValues<RecordPart>().Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = IndexOfName(ref reader);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (index < 0) continue;
            ref var place = ref places[(int)_names[index].Part];
            if (!place.Equals(default)) return WriteRecord.Rejected($"The field \"{_names[index].Name}\" appears twice; it may appear once.");
            place = start..(int)reader.BytesConsumed;
        }

        // Anything behind the object is refused by the reader.
        reader.Read();
        return new RecordParts(_fields, json, places).ToRecord();
    }

    private int IndexOfName(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (reader.ValueTextEquals(_names[i].Utf8)) return i;
        }

        return -1;
    }
}
