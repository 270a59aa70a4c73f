using System.Text.Json;

namespace Cistern.Cli;

/// <summary>Reads a configuration of a write strictly, in one pass and without a document tree: of the records it only remembers where they are.</summary>
internal sealed class WriteConfigReader : ConfigReader<WriteSettings>
{
    private readonly WriteConfig _config;

    private WriteConfigReader(InputFile file) : base(file, WriteSettingTable.Rows) => _config = new WriteConfig { Values = Values };

    /// <inheritdoc/>
    protected override string Contents => "\"records\" and \"backends\"";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> KnownKeys => ["records", "backends", .. WriteSettingTable.Rows.Select(row => row.Name), "metadata"];

    public static WriteConfig Read(InputFile file)
    {
        var reader = new WriteConfigReader(file);
        try { reader.ReadFile(); }
        catch (JsonException error) { throw ConfigFault.NotJson(file, error); }
        return reader._config;
    }

    /// <inheritdoc/>
    protected override bool TryReadProperty(ref Utf8JsonReader reader, string name)
    {
        if (name == "records") ReadRecords(ref reader);
        else if (name == "backends") ReadBackends(ref reader);
        else if (name == "metadata") ReadMetadata(ref reader);
        else return false;
        return true;
    }

    private void ReadRecords(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            _config.RecordsFile = Text(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray) throw Bad("$.records", $"must be an array of records, or the address of a file; found {FoundAt(ref reader)}");
        var start = (int)reader.BytesConsumed;
        var count = 0L;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++) reader.Skip();
        _config.Records = new ConfigRecords(Input, start, count);
    }

    private void ReadBackends(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Bad("$.backends", $"must be an array such as [\"memory\", \"file\"]; found {FoundAt(ref reader)}");
        var backends = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) throw Bad($"$.backends[{backends.Count}]", $"must be {BackendChoice.Allowed}; found {FoundAt(ref reader)}");
            backends.Add(Text(ref reader));
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
            var name = Text(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Bad("$.metadata", $"must be an object of strings; found {FoundAt(ref reader)}");
            if (!metadata.TryAdd(name, Text(ref reader))) throw Bad("$.metadata", "has one name twice");
        }

        _config.Metadata = metadata;
    }
}
