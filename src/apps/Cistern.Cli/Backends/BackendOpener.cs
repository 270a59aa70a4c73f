namespace Cistern.Cli;

/// <summary>Opens the backend that the settings name.</summary>
internal static class BackendOpener
{
    private static readonly string[] MemoryOptions = ["capacity", "max-size", "max-memory", "eviction"];

    /// <summary>Opens it; what cannot be opened is told as bad input.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="where">Where the address was written, for errors.</param>
    public static OpenedBackend Open(BackfillSettings settings, string where)
    {
        var address = settings.Backend;
        if (address.Scheme != "memory") throw new BadInputException($"{where}: unknown kind of backend '{address.Scheme}'; known: memory:");
        if (address.Location.Length > 0) throw new BadInputException($"{where}: memory: has no location; options follow a question mark, as in memory:?capacity=1000");
        var options = MemoryOptionsOf(settings, where);
        return new OpenedBackend(new InMemoryBackend(options), options.Capacity, options.Eviction);
    }

    private static InMemoryBackendOptions MemoryOptionsOf(BackfillSettings settings, string where)
    {
        var options = settings.Backend.Options;
        if (options.Keys.FirstOrDefault(name => !MemoryOptions.Contains(name)) is { } unknown)
        {
            var hint = NearestWord.Find(unknown, MemoryOptions) is { } near ? $"; did you mean '{near}'?" : $"; memory: has {string.Join(", ", MemoryOptions)}";
            throw new BadInputException($"{where}: unknown option '{unknown}'{hint}");
        }

        if (settings.Capacity is not null && options.ContainsKey("capacity")) throw Twice(where, "capacity");
        if (settings.Eviction is not null && options.ContainsKey("eviction")) throw Twice(where, "eviction");
        var capacity = Read(options, "capacity", where, "a whole number, at least 1", SettingWhole) ?? settings.Capacity;
        var maxSize = Read(options, "max-size", where, ByteSizeText.Allowed, ByteSizeText.Parse);
        var maxMemory = Read(options, "max-memory", where, ByteSizeText.Allowed, ByteSizeText.Parse);
        var eviction = Read(options, "eviction", where, "oldest_added or lru", static text => EvictionName.Parse(text)) ?? settings.Eviction ?? EvictionMode.OldestAdded;
        return new InMemoryBackendOptions
        {
            Capacity = capacity,
            MaxSizeBytes = maxSize,
            MaxMemoryBytes = maxMemory,
            Eviction = eviction,
            IsUnbounded = capacity is null && maxSize is null && maxMemory is null,
        };
    }

    private static T? Read<T>(IReadOnlyDictionary<string, string> options, string name, string where, string allowed, Func<string, T?> parse) where T : struct
    {
        if (!options.TryGetValue(name, out var text)) return null;
        return parse(text) ?? throw new BadInputException($"{where}: {name} must be {allowed}");
    }

    private static long? SettingWhole(string text) => SettingValue.FromCommandLine(text).Whole(1);

    private static BadInputException Twice(string where, string name) => new($"{where}: {name} is given both in the address and as a setting; give it once");
}
