using System.Text.Json;

namespace Cistern;

/// <summary>Splits a JSON object into its properties, each from the quote before its name to the end of its value.</summary>
internal sealed class JsonPropertySplitter : RecordSplitter
{
    private const string NotAnObject = "The file must hold one JSON object, whose properties are the entries.";

    private JsonReaderState _state = new(JsonText.ReaderOptions);
    private Stage _stage;
    private long _line;
    private long _byteInLine;

    private enum Stage
    {
        BeforeObject,
        InObject,
        AfterObject,
    }

    public override string RecordName => "property";

    public override RecordBounds Find(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var reader = new Utf8JsonReader(bytes, isEnd, _state);
        var stage = _stage;
        try
        {
            // A file of spaces only is cut off too: the reader says so by an exception at the end.
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject when stage == Stage.BeforeObject:
                        stage = Stage.InObject;
                        continue;
                    case JsonTokenType.EndObject:
                        stage = Stage.AfterObject;
                        continue;
                    case JsonTokenType.PropertyName:
                        var start = (int)reader.TokenStartIndex;
                        return reader.Read() && reader.TrySkip() ? Found(ref reader, bytes, start) : RecordBounds.Incomplete();
                    default:
                        return RecordBounds.Refused(NotAnObject, (int)reader.TokenStartIndex);
                }
            }

            if (stage != Stage.AfterObject) return RecordBounds.Incomplete();
            Commit(ref reader, bytes, stage);
            return RecordBounds.Incomplete((int)reader.BytesConsumed);
        }
        catch (JsonException error)
        {
            var position = PositionOf(error, bytes);
            return RecordBounds.Refused(JsonText.Explain(bytes, position, reader.CurrentDepth), position);
        }
    }

    private RecordBounds Found(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, int start)
    {
        Commit(ref reader, bytes, Stage.InObject);
        var end = (int)reader.BytesConsumed;
        return RecordBounds.Found(start, end - start, end);
    }

    private void Commit(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, Stage stage)
    {
        _state = reader.CurrentState;
        _stage = stage;
        var consumed = bytes[..(int)reader.BytesConsumed];
        var last = consumed.LastIndexOf((byte)'\n');
        _line += consumed.Count((byte)'\n');
        _byteInLine = last < 0 ? _byteInLine + consumed.Length : consumed.Length - last - 1;
    }

    // The reader counts lines and bytes from the start of the file; here they are counted from the start of what it was shown.
    private int PositionOf(JsonException error, ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        var lines = (error.LineNumber ?? 0) - _line;
        if (lines == 0) return (int)Math.Clamp((error.BytePositionInLine ?? 0) - _byteInLine, 0, bytes.Length);
        for (; lines > 0; lines--) position += bytes[position..].IndexOf((byte)'\n') + 1;
        return (int)Math.Clamp(position + (error.BytePositionInLine ?? 0), 0, bytes.Length);
    }
}
