using System.Text;
using System.Text.Json;

namespace Cistern;

/// <summary>A file of JSON objects, one a line: a record is a line.</summary>
internal sealed class JsonLineFormat : FileFormat
{
    private const string NotAnObject = "A line must hold one JSON object.";

    private readonly string _keyField;
    private readonly string? _valueField;
    private readonly byte[] _keyName;
    private readonly byte[]? _valueName;

    public JsonLineFormat(JsonLinesSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.KeyField);
        _keyField = options.KeyField;
        _valueField = options.ValueField;
        _keyName = Encoding.UTF8.GetBytes(_keyField);
        _valueName = _valueField is null ? null : Encoding.UTF8.GetBytes(_valueField);
    }

    public override RecordSplitter CreateSplitter() => new LineSplitter(skipWhiteSpace: true);

    public override FileRecord Decode(ReadOnlyMemory<byte> record)
    {
        var leading = record.Length - record.Span.TrimStart(" \t\r"u8).Length;
        var line = record.Slice(leading, record.Span.Trim(" \t\r"u8).Length);
        var reader = new Utf8JsonReader(line.Span, JsonText.ReaderOptions);
        try
        {
            return Decode(ref reader, line, leading);
        }
        catch (JsonException error)
        {
            var position = (int)Math.Clamp(error.BytePositionInLine ?? 0, 0, line.Length);
            return FileRecord.Faulty(JsonText.Explain(line.Span, position, reader.CurrentDepth), leading + position);
        }
        catch (InvalidOperationException)
        {
            return FileRecord.Faulty(JsonText.LoneSurrogate, leading + (int)reader.TokenStartIndex);
        }
    }

    private FileRecord Decode(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line, int leading)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return FileRecord.Faulty(NotAnObject, leading);
        Range? key = null;
        Range? value = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueTextEquals(_keyName);
            var isValue = _valueName is not null && reader.ValueTextEquals(_valueName);
            if ((isKey && key is not null) || (isValue && value is not null)) return FileRecord.Faulty($"The field \"{(isKey ? _keyField : _valueField)}\" appears twice; it may appear once.", leading + (int)reader.TokenStartIndex);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var place = start..(int)reader.BytesConsumed;
            if (isKey) key = place;
            if (isValue) value = place;
        }

        // Anything behind the object is refused by the reader.
        reader.Read();
        return ToRecord(line, leading, key, value);
    }

    private FileRecord ToRecord(ReadOnlyMemory<byte> line, int leading, Range? keyPlace, Range? valuePlace)
    {
        if (keyPlace is not { } ofKey) return FileRecord.Faulty($"The object has no field \"{_keyField}\", which holds the key.", leading);
        if (line.Span[ofKey.Start.Value] != (byte)'"') return FileRecord.Faulty($"The field \"{_keyField}\" holds the key and must be a string.", leading + ofKey.Start.Value);
        if (JsonText.ReadString(line[ofKey]) is not { } key) return FileRecord.Faulty(JsonText.LoneSurrogate, leading + ofKey.Start.Value);
        if (_valueName is null) return FileRecord.Of(new SourceEntry(key, line) { Metadata = SourceMetadata.Json });
        return valuePlace is { } ofValue
            ? JsonText.ToRecord(key, line[ofValue], leading + ofValue.Start.Value)
            : FileRecord.Faulty($"The object has no field \"{_valueField}\", which holds the value.", leading);
    }
}
