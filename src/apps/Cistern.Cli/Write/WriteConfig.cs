namespace Cistern.Cli;

/// <summary>A configuration of a write as it was written, before the command line overrides it.</summary>
internal sealed class WriteConfig
{
    /// <summary>The rows given, with the values as written.</summary>
    public IReadOnlyDictionary<SettingRow<WriteSettings>, SettingValue> Values { get; init; } = new Dictionary<SettingRow<WriteSettings>, SettingValue>();

    /// <summary>The backends, words or addresses; null: there are none.</summary>
    public IReadOnlyList<string>? Backends { get; set; }

    /// <summary>Strings kept beside every value; null: there are none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    /// <summary>The records inside the configuration; null: there are none.</summary>
    public ConfigRecords? Records { get; set; }

    /// <summary>The file of the records; null: they are inside, or there are none.</summary>
    public string? RecordsFile { get; set; }
}
