using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cistern;

/// <summary>The fields of one record that mean something, and what each says.</summary>
/// <param name="fields">Their names.</param>
/// <param name="json">The record: one JSON object, well-formed.</param>
/// <param name="places">Where in it the values of the parts are, by <see cref="RecordPart"/>; nowhere: default.</param>
internal readonly ref struct RecordParts(RecordFields fields, ReadOnlyMemory<byte> json, ReadOnlySpan<Range> places)
{
    private readonly ReadOnlyMemory<byte> _json = json;
    private readonly ReadOnlySpan<Range> _places = places;

    public WriteRecord ToRecord()
    {
        if (ReadKey(out var key) is { } keyFault) return WriteRecord.Rejected(keyFault);
        if (ReadValue(out var value) is { } valueFault) return WriteRecord.Rejected(valueFault);
        if (ReadTimeToLive(out var timeToLive) is { } timeFault) return WriteRecord.Rejected(timeFault);
        if (ReadMetadata(out var metadata) is { } metadataFault) return WriteRecord.Rejected(metadataFault);
        if (ReadVersion(out var version) is { } versionFault) return WriteRecord.Rejected(versionFault);
        return new WriteRecord(key, value) { TimeToLive = timeToLive, Metadata = metadata, Version = version };
    }

    private string? ReadKey(out string? key)
    {
        key = null;
        if (Find(RecordPart.Key) is not { } place)
        {
            if (fields.OnMissingKey == MissingKeyHandling.Reject) return $"The record has no field \"{fields.Key}\", which holds the key.";
            using var document = JsonDocument.Parse(_json, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            key = CanonicalJson.Hash(document.RootElement);
            return null;
        }

        if (place.Span[0] != (byte)'"') return $"The field \"{fields.Key}\" holds the key and must be a string.";
        key = JsonText.ReadString(place);
        return key is null ? JsonText.LoneSurrogate : null;
    }

    private string? ReadValue(out ReadOnlyMemory<byte> value)
    {
        value = _json;
        if (fields.Value is null) return null;
        if (Find(RecordPart.Value) is not { } place) return $"The record has no field \"{fields.Value}\", which holds the value.";
        value = place;
        if (place.Span[0] != (byte)'"') return null;
        if (JsonText.Unescape(place) is not { } text) return JsonText.LoneSurrogate;
        value = text;
        return null;
    }

    private string? ReadTimeToLive(out TimeSpan? timeToLive)
    {
        timeToLive = null;
        if (Find(RecordPart.TimeToLive) is not { } place) return null;
        var text = TextOf(place);
        if (text.Length == 0) return null;
        timeToLive = DurationText.Parse(text) ?? OfSeconds(text);
        return timeToLive is null ? $"The field \"{fields.TimeToLive}\" holds the TTL and must be a number of seconds greater than zero, or {DurationText.Allowed}." : null;
    }

    private static TimeSpan? OfSeconds(string text)
    {
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var seconds)) return null;
        var ticks = seconds * TimeSpan.TicksPerSecond;
        return ticks >= 1 && ticks < long.MaxValue ? TimeSpan.FromTicks((long)ticks) : null;
    }

    private string? ReadMetadata(out Dictionary<string, string>? metadata)
    {
        metadata = null;
        if (Find(RecordPart.Metadata) is not { } place) return null;
        var fault = $"The field \"{fields.Metadata}\" holds the metadata and must be an object of strings, each name once.";
        var reader = new Utf8JsonReader(place.Span, JsonText.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return fault;
        var read = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !read.TryAdd(name, reader.GetString()!)) return fault;
        }

        metadata = read;
        return null;
    }

    private string? ReadVersion(out long? version)
    {
        version = null;
        if (Find(RecordPart.Version) is not { } place) return null;
        var text = TextOf(place);
        if (text.Length == 0) return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return $"The field \"{fields.Version}\" holds the version and must be a whole number of 64 bits.";
        version = number;
        return null;
    }

    // Of a string its text, of anything else the JSON. A CSV file has numbers only as strings, and none as an empty one.
    private static string TextOf(ReadOnlyMemory<byte> place) => place.Span[0] == (byte)'"' ? JsonText.ReadString(place) ?? "?" : Encoding.UTF8.GetString(place.Span);

    // Null: it is not there, or null.
    private ReadOnlyMemory<byte>? Find(RecordPart part)
    {
        var place = _places[(int)part];
        if (place.Equals(default)) return null;
        var value = _json[place];
        if (value.Span[0] == (byte)'n') return null;
        return value;
    }
}
