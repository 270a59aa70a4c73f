using System.Text.Json;

namespace Cistern.Cli;

/// <summary>Reads lookups of one JSON object a line.</summary>
internal static class JsonLookups
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };

    public static IEnumerable<Lookup> Read(Stream stream, string name, CancellationToken cancellationToken)
    {
        var scanner = new RecordScanner(stream, new LineSplitter(skipWhiteSpace: true), name, LookupFile.MaxLineBytes);
        var times = new LookupTimes();
        while (scanner.Read(cancellationToken))
        {
            var (key, time) = ReadLine(scanner);
            if ((CacheKey.Explain(key) ?? times.Check(time)) is { } reason) throw scanner.Fault(reason);
            yield return new Lookup(key, time);
        }
    }

    private static (string Key, DateTimeOffset? Time) ReadLine(RecordScanner scanner)
    {
        try
        {
            var reader = new Utf8JsonReader(scanner.Record.Span, ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw scanner.Fault("A line must hold one JSON object, with \"key\" and perhaps \"t\".");
            return ReadObject(scanner, ref reader);
        }
        catch (JsonException error)
        {
            throw scanner.Fault("This is not one valid JSON object (RFC 8259) of at most 64 levels.", (int)(error.BytePositionInLine ?? 0));
        }
        catch (InvalidOperationException)
        {
            throw scanner.Fault("A string has half of a surrogate pair, which UTF-8 cannot hold; both halves are needed.");
        }
    }

    private static (string Key, DateTimeOffset? Time) ReadObject(RecordScanner scanner, ref Utf8JsonReader reader)
    {
        string? key = null;
        DateTimeOffset? time = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueTextEquals("key"u8);
            var isTime = reader.ValueTextEquals("t"u8);
            var place = (int)reader.TokenStartIndex;
            if ((isKey && key is not null) || (isTime && time is not null)) throw scanner.Fault("This field appears twice; it may appear once.", place);
            reader.Read();
            if (isKey) key = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw scanner.Fault("The field \"key\" must be a string.", place);
            if (isTime) time = ReadTime(ref reader) ?? throw scanner.Fault(LookupTimes.NotATime, place);
            reader.Skip();
        }

        // Anything behind the object is refused by the reader.
        reader.Read();
        return (key ?? throw scanner.Fault("The object has no field \"key\"."), time);
    }

    private static DateTimeOffset? ReadTime(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetDecimal(out var seconds) => LookupTimes.FromSeconds(seconds),
        JsonTokenType.String => LookupTimes.FromIso(reader.GetString()!),
        _ => null,
    };
}
