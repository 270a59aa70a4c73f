using System.Text.Json;

namespace Cistern.Cli;

/// <summary>Reads a configuration of a write strictly, in one pass and without a document tree: of the records it only remembers where they are.</summary>
internal sealed class WriteConfigReader
{
    private const int MostDepth = 64;

    private readonly InputFile _file;
    private readonly WriteConfig _config = new();
    private readonly HashSet<string> _seen = [];

    private WriteConfigReader(InputFile file) => _file = file;

    public static WriteConfig Read(InputFile file)
    {
        var reader = new Utf8JsonReader(file.Span, new JsonReaderOptions { MaxDepth = MostDepth });
        try
        {
            return new WriteConfigReader(file).Read(ref reader);
        }
        catch (JsonException error)
        {
            throw ConfigFault.NotJson(file, error);
        }
        catch (InvalidOperationException error)
        {
            throw new BadInputException($"{file.At(reader.TokenStartIndex)}: an escape is half of a surrogate pair (such as \\ud800 alone); text must be valid Unicode", error);
        }
    }

    private WriteConfig Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad("$", $"must be an object with \"records\" and \"backends\"; found {FoundAt(ref reader)}");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!_seen.Add(name)) throw new BadInputException($"{_file.At(reader.TokenStartIndex)}: \"{name}\" is given twice");
            reader.Read();
            ReadProperty(ref reader, name);
        }

        // Whatever follows the object is an error, which only reading on finds.
        reader.Read();
        return _config;
    }

    private void ReadProperty(ref Utf8JsonReader reader, string name)
    {
        if (name == "records") ReadRecords(ref reader);
        else if (name == "backends") ReadBackends(ref reader);
        else if (name == "metadata") ReadMetadata(ref reader);
        else if (WriteSettingTable.Find(name) is { } row) _config.Values.Add(row, Value(ref reader));
        else throw ConfigFault.UnknownKey(_file, name, ["records", "backends", .. WriteSettingTable.Rows.Select(row => row.Name), "metadata"]);
    }

    private void ReadRecords(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            _config.RecordsFile = reader.GetString();
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray) throw Bad("$.records", $"must be an array of records, or the address of a file; found {FoundAt(ref reader)}");
        var start = (int)reader.BytesConsumed;
        var count = 0L;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++) reader.Skip();
        _config.Records = new ConfigRecords(_file, start, count);
    }

    private void ReadBackends(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Bad("$.backends", $"must be an array such as [\"memory\", \"file\"]; found {FoundAt(ref reader)}");
        var backends = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) throw Bad($"$.backends[{backends.Count}]", $"must be {BackendChoice.Allowed}; found {FoundAt(ref reader)}");
            backends.Add(reader.GetString()!);
        }

        if (backends.Count == 0) throw Bad("$.backends", "must name at least one backend");
        _config.Backends = backends;
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad("$.metadata", $"must be an object of strings; found {FoundAt(ref reader)}");
        var metadata = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Bad("$.metadata", $"must be an object of strings; found {FoundAt(ref reader)}");
            if (!metadata.TryAdd(name, reader.GetString()!)) throw Bad("$.metadata", "has one name twice");
        }

        _config.Metadata = metadata;
    }

    private static SettingValue Value(ref Utf8JsonReader reader)
    {
        var value = ValueAt(ref reader);
        reader.Skip();
        return value;
    }

    private static SettingValue ValueAt(ref Utf8JsonReader reader) => new(reader.TokenType, reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
        _ => "",
    });

    private static string FoundAt(ref Utf8JsonReader reader) => ValueAt(ref reader).Found;

    private BadInputException Bad(string where, string what) => new($"{_file.Name}: {where}: {what}");
}
