namespace Cistern.Cli;

/// <summary>The rows of the settings table, merged from the file and the command line. Immutable.</summary>
internal sealed record WriteSettings
{
    public RecordFields Fields { get; init; } = new();

    public TimeSpan? TimeToLive { get; init; }

    public WriteFailureHandling OnFailure { get; init; }

    /// <summary>Strings kept beside every value; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Checks what no row can check alone.</summary>
    /// <exception cref="BadInputException">Two settings do not go together.</exception>
    public void Check()
    {
        (string Setting, string? Field)[] named =
            [("key_field", Fields.Key), ("value_field", Fields.Value), ("ttl_field", Fields.TimeToLive), ("metadata_field", Fields.Metadata), ("version_field", Fields.Version)];
        var twice = named.Where(pair => pair.Field is not null).GroupBy(pair => pair.Field).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new BadInputException($"{string.Join(" and ", twice.Select(pair => pair.Setting))} name one field; each needs its own");
    }

    public CacheWriterOptions ToOptions() => new()
    {
        SetOptions = new SetOptions { TimeToLive = TimeToLive, Metadata = Metadata },
        OnFailure = OnFailure,
    };
}
