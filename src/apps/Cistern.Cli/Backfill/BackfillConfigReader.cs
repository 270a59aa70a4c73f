using System.Text.Json;

namespace Cistern.Cli;

/// <summary>
/// Reads a configuration strictly, in one pass and without a document tree: values of the source are slices of the file, and so are
/// lookups, unless they have escapes.
/// </summary>
internal sealed class BackfillConfigReader : ConfigReader<BackfillSettings>
{
    // A guess that spares a long list its growing; untouched memory costs nothing.
    private const int BytesPerEntry = 256;

    private readonly BackfillConfig _config;
    private readonly KeyTable _keys = new();
    private readonly bool _mayScan;

    private BackfillConfigReader(InputFile file, bool mayScan) : base(file, BackfillSettingTable.Rows)
    {
        _config = new BackfillConfig { Values = Values };
        _mayScan = mayScan;
    }

    /// <inheritdoc/>
    protected override string Contents => "\"source\" and \"lookups\"";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> KnownKeys => ["source", "lookups", .. BackfillSettingTable.Rows.Select(row => row.Name)];

    public static BackfillConfig Read(InputFile file)
    {
        try
        {
            return Read(file, mayScan: true);
        }
        catch (JsonException)
        {
            // The scan skips the JSON reader's count of lines: read again without it for the place of the fault.
        }

        try
        {
            return Read(file, mayScan: false);
        }
        catch (JsonException error)
        {
            throw ConfigFault.NotJson(file, error);
        }
    }

    private static BackfillConfig Read(InputFile file, bool mayScan)
    {
        var reader = new BackfillConfigReader(file, mayScan);
        reader.ReadFile();
        return reader._config;
    }

    /// <inheritdoc/>
    protected override bool TryReadProperty(ref Utf8JsonReader reader, string name)
    {
        if (name == "source") ReadSource(ref reader);
        else if (name == "lookups") ReadLookups(ref reader);
        else return false;
        return true;
    }

    private void ReadSource(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            _config.SourceAddress = Text(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject) throw Bad("$.source", $"must be an object of keys and values, or the address of a file; found {FoundAt(ref reader)}");
        var entries = new SourceEntry[Math.Max(1, Input.Length / BytesPerEntry)];
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Key(ref reader);
            var place = reader.TokenStartIndex;
            reader.Read();
            var isAbsent = reader.TokenType == JsonTokenType.Null;
            if (!_keys.TryAddToSource(name, isAbsent ? null : count, out var key)) throw Bad(Input.At(Start + place), "this key is in \"source\" twice; a key may be there once");
            if (isAbsent) continue;
            if (count == entries.Length) Array.Resize(ref entries, count * 2);
            entries[count++] = reader.TokenType == JsonTokenType.String
                ? new SourceEntry(key, StringValue(ref reader))
                : new SourceEntry(key, JsonValue(ref reader)) { Metadata = SourceMetadata.Json };
        }

        // Not trimmed: a large one would be there twice for a while.
        _config.InlineSource = new InlineSource(new ArraySegment<SourceEntry>(entries, 0, count), _keys);
    }

    private void ReadLookups(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            _config.LookupsFile = Text(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray) throw Bad("$.lookups", $"must be an array of keys, or the name of a file; found {FoundAt(ref reader)}");
        if (_mayScan && TryScanLookups(ref reader)) return;
        var lookups = new List<string>();
        _config.InlineLookups = lookups;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) throw Bad($"$.lookups[{lookups.Count}]", $"must be a key, a string; found {FoundAt(ref reader)}");
            lookups.Add(_keys.Intern(Key(ref reader)));
        }
    }

    // On success the reader stands before the closing bracket, as if the array were empty.
    private bool TryScanLookups(ref Utf8JsonReader reader)
    {
        var opened = Start + (int)reader.BytesConsumed;
        if (PlainKeys.Check(Input.Memory[opened..], CacheKey.MaxBytes) is not { } lookups) return false;
        _config.InlineLookups = lookups;
        Start = opened + lookups.Length;
        reader = new Utf8JsonReader(Input.Span[Start..], isFinalBlock: true, reader.CurrentState);
        reader.Read();
        return true;
    }

    private ReadOnlySpan<byte> Key(ref Utf8JsonReader reader)
    {
        var bytes = reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;
        if (bytes.Length > CacheKey.MaxBytes) throw Bad(At(ref reader), $"a key must have at most {CacheKey.MaxBytes} bytes of UTF-8");
        if (reader.ValueIsEscaped && bytes.Contains((byte)0)) throw Bad(At(ref reader), "a key must not contain NUL (\\u0000)");
        return bytes;
    }

    private ReadOnlyMemory<byte> StringValue(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Unescape(ref reader) : new ReadOnlyMemory<byte>(Input.Bytes, Start + (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);

    // The JSON as it was written, for a value that is not a string.
    private ReadOnlyMemory<byte> JsonValue(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new ReadOnlyMemory<byte>(Input.Bytes, Start + start, (int)reader.BytesConsumed - start);
    }
}
