namespace Cistern.Cli;

/// <summary>Merges the settings of a file with those of the command line, which win.</summary>
/// <param name="fileName">The file.</param>
/// <param name="defaults">What counts where neither says anything.</param>
/// <typeparam name="TSettings">What the rows set.</typeparam>
internal sealed class SettingsMerge<TSettings>(string fileName, TSettings defaults) where TSettings : class
{
    private readonly Dictionary<string, string> _places = [];

    public TSettings Settings { get; private set; } = defaults;

    public void Add(IEnumerable<KeyValuePair<SettingRow<TSettings>, SettingValue>> fromFile, IEnumerable<KeyValuePair<SettingRow<TSettings>, SettingValue>> fromCommandLine)
    {
        foreach (var (row, value) in fromFile) Add(row, value, $"{fileName}: $.{row.Name}");
        foreach (var (row, value) in fromCommandLine) Add(row, value, row.OptionName);
    }

    /// <summary>Where a setting was written, for errors that are found later.</summary>
    public string PlaceOf(string name) => _places.GetValueOrDefault(name, name);

    private void Add(SettingRow<TSettings> row, SettingValue value, string place)
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
