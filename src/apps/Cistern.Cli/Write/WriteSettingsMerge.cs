namespace Cistern.Cli;

/// <summary>Merges the settings of a file with those of the command line, which win, and checks what no row can check alone.</summary>
internal static class WriteSettingsMerge
{
    public static WriteSettings Of(string fileName, WriteConfig config, IReadOnlyDictionary<WriteSettingRow, SettingValue> fromCommandLine)
    {
        var settings = new WriteSettings { Metadata = config.Metadata };
        foreach (var (row, value) in config.Values) settings = Apply(settings, row, value, $"{fileName}: $.{row.Name}");
        foreach (var (row, value) in fromCommandLine) settings = Apply(settings, row, value, row.OptionName);
        CheckFields(settings.Fields);
        return settings;
    }

    private static WriteSettings Apply(WriteSettings settings, WriteSettingRow row, SettingValue value, string place) =>
        row.Apply(settings, value) ?? throw new BadInputException($"{place}: must be {row.Allowed}; found {value.Found}");

    private static void CheckFields(RecordFields fields)
    {
        (string Setting, string? Field)[] named =
            [("key_field", fields.Key), ("value_field", fields.Value), ("ttl_field", fields.TimeToLive), ("metadata_field", fields.Metadata), ("version_field", fields.Version)];
        var twice = named.Where(pair => pair.Field is not null).GroupBy(pair => pair.Field).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new BadInputException($"{string.Join(" and ", twice.Select(pair => pair.Setting))} name one field; each needs its own");
    }
}
