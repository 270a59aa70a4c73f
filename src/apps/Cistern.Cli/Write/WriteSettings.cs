namespace Cistern.Cli;

/// <summary>The rows of the settings table, merged from the file and the command line. Immutable.</summary>
internal sealed record WriteSettings
{
    public RecordFields Fields { get; init; } = new();

    public TimeSpan? TimeToLive { get; init; }

    public WriteFailureHandling OnFailure { get; init; }

    /// <summary>Strings kept beside every value; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public CacheWriterOptions ToOptions() => new()
    {
        SetOptions = new SetOptions { TimeToLive = TimeToLive, Metadata = Metadata },
        OnFailure = OnFailure,
    };
}
