namespace Cistern.Cli;

/// <summary>Merges the settings of a file with those of the command line, which win, and checks what no row can check alone.</summary>
internal sealed class SettingsMerge(string fileName)
{
    private readonly Dictionary<string, string> _places = [];

    public BackfillSettings Settings { get; private set; } = new();

    public void Add(IEnumerable<KeyValuePair<SettingRow, SettingValue>> fromFile, IEnumerable<KeyValuePair<SettingRow, SettingValue>> fromCommandLine)
    {
        foreach (var (row, value) in fromFile) Add(row, value, $"{fileName}: $.{row.Name}");
        foreach (var (row, value) in fromCommandLine) Add(row, value, row.OptionName);
        if (Settings.ClearThreshold > Settings.MissThreshold)
        {
            throw new BadInputException($"{PlaceOf("clear_threshold")}: must be a number from 0 to miss_threshold ({Settings.MissThreshold}); found {Settings.ClearThreshold}");
        }
    }

    /// <summary>Where a setting was written, for errors that are found later.</summary>
    public string PlaceOf(string name) => _places.GetValueOrDefault(name, name);

    private void Add(SettingRow row, SettingValue value, string place)
    {
        try
        {
            Settings = row.Apply(Settings, value) ?? throw new BadInputException($"{place}: must be {row.Allowed}; found {value.Found}");
        }
        catch (FormatException error)
        {
            throw new BadInputException($"{place}: {error.Message}", error);
        }

        _places[row.Name] = place;
    }
}
