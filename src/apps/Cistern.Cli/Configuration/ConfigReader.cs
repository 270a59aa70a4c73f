using System.Text;
using System.Text.Json;

namespace Cistern.Cli;

/// <summary>
/// Reads a configuration strictly, in one pass and without a document tree: values of the source are slices of the file, and so are
/// lookups, unless they have escapes.
/// </summary>
internal sealed class ConfigReader
{
    private const int MostDepth = 64;

    // A guess that spares a long list its growing; untouched memory costs nothing.
    private const int BytesPerEntry = 256;

    private readonly InputFile _file;
    private readonly ConfigDocument _document = new();
    private readonly KeyTable _keys = new();
    private readonly HashSet<string> _seen = [];
    private readonly bool _mayScan;

    // Where in the file the reader's own counting starts.
    private int _start;

    private ConfigReader(InputFile file, bool mayScan)
    {
        _file = file;
        _mayScan = mayScan;
    }

    public static ConfigDocument Read(InputFile file)
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

    private static ConfigDocument Read(InputFile file, bool mayScan)
    {
        var reader = new Utf8JsonReader(file.Span, new JsonReaderOptions { MaxDepth = MostDepth });
        return new ConfigReader(file, mayScan).Read(ref reader);
    }

    private ConfigDocument Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad("$", $"must be an object with \"source\" and \"lookups\"; found {FoundAt(ref reader)}");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            if (!_seen.Add(name)) throw Bad(At(ref reader), $"\"{name}\" is given twice");
            reader.Read();
            ReadProperty(ref reader, name);
        }

        // Whatever follows the object is an error, which only reading on finds.
        reader.Read();
        return _document;
    }

    private void ReadProperty(ref Utf8JsonReader reader, string name)
    {
        if (name == "source") ReadSource(ref reader);
        else if (name == "lookups") ReadLookups(ref reader);
        else if (SettingTable.Find(name) is { } row) _document.Values.Add(row, Value(ref reader));
        else throw ConfigFault.UnknownKey(_file, name, ["source", "lookups", .. SettingTable.Rows.Select(row => row.Name)]);
    }

    private void ReadSource(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            _document.SourceAddress = Text(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject) throw Bad("$.source", $"must be an object of keys and values, or the address of a file; found {FoundAt(ref reader)}");
        var entries = new SourceEntry[Math.Max(1, _file.Length / BytesPerEntry)];
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Key(ref reader);
            var place = reader.TokenStartIndex;
            reader.Read();
            var isAbsent = reader.TokenType == JsonTokenType.Null;
            if (!_keys.TryAddToSource(name, isAbsent ? null : count, out var key)) throw Bad(_file.At(_start + place), "this key is in \"source\" twice; a key may be there once");
            if (isAbsent) continue;
            if (count == entries.Length) Array.Resize(ref entries, count * 2);
            entries[count++] = reader.TokenType == JsonTokenType.String
                ? new SourceEntry(key, StringValue(ref reader))
                : new SourceEntry(key, JsonValue(ref reader)) { Metadata = SourceMetadata.Json };
        }

        // Not trimmed: a large one would be there twice for a while.
        _document.InlineSource = new InlineSource(new ArraySegment<SourceEntry>(entries, 0, count), _keys);
    }

    private void ReadLookups(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            _document.LookupsFile = Text(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray) throw Bad("$.lookups", $"must be an array of keys, or the name of a file; found {FoundAt(ref reader)}");
        if (_mayScan && TryScanLookups(ref reader)) return;
        var lookups = new List<string>();
        _document.InlineLookups = lookups;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) throw Bad($"$.lookups[{lookups.Count}]", $"must be a key, a string; found {FoundAt(ref reader)}");
            lookups.Add(_keys.Intern(Key(ref reader)));
        }
    }

    // On success the reader stands before the closing bracket, as if the array were empty.
    private bool TryScanLookups(ref Utf8JsonReader reader)
    {
        var opened = _start + (int)reader.BytesConsumed;
        if (PlainKeys.Check(_file.Memory[opened..], CacheKey.MaxBytes) is not { } lookups) return false;
        _document.InlineLookups = lookups;
        _start = opened + lookups.Length;
        reader = new Utf8JsonReader(_file.Span[_start..], isFinalBlock: true, reader.CurrentState);
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
        reader.ValueIsEscaped ? Unescape(ref reader) : new ReadOnlyMemory<byte>(_file.Bytes, _start + (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);

    // The JSON as it was written, for a value that is not a string.
    private ReadOnlyMemory<byte> JsonValue(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new ReadOnlyMemory<byte>(_file.Bytes, _start + start, (int)reader.BytesConsumed - start);
    }

    private byte[] Unescape(ref Utf8JsonReader reader)
    {
        var bytes = new byte[reader.ValueSpan.Length];
        try { return bytes[..reader.CopyString(bytes)]; }
        catch (InvalidOperationException) { throw Bad(At(ref reader), "an escape is half of a surrogate pair (such as \\ud800 alone); text must be valid Unicode"); }
    }

    private string Text(ref Utf8JsonReader reader) => Encoding.UTF8.GetString(reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);

    private SettingValue Value(ref Utf8JsonReader reader)
    {
        var kind = reader.TokenType;
        var text = kind == JsonTokenType.String ? Text(ref reader) : kind == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : "";
        reader.Skip();
        return new SettingValue(kind, text);
    }

    private static string FoundAt(ref Utf8JsonReader reader) => new SettingValue(reader.TokenType, reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : "").Found;

    private string At(ref Utf8JsonReader reader) => _file.At(_start + reader.TokenStartIndex);

    // Places inside the file already name it; a JSON path does not.
    private BadInputException Bad(string where, string what) => new(where[0] == '$' ? $"{_file.Name}: {where}: {what}" : $"{where}: {what}");
}
