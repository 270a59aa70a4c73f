namespace Cistern.Cli;

/// <summary>What the command line of <c>cistern backfill</c> says. Immutable.</summary>
internal sealed record BackfillArguments
{
    public const string DefaultInput = "data/sample_input.json";
    public const string DefaultOutput = "data/output_summary.json";

    public string Input { get; init; } = DefaultInput;

    public string Output { get; init; } = DefaultOutput;

    /// <summary>The address of the source, over the file's; null: the file's.</summary>
    public string? Source { get; init; }

    /// <summary>The file of the lookups, over the file's; null: the file's.</summary>
    public string? Lookups { get; init; }

    /// <summary>Where results are streamed as JSON Lines; null: they are in the summary.</summary>
    public string? Results { get; init; }

    /// <summary>Where every audit entry goes as JSON Lines; null: nowhere.</summary>
    public string? Audit { get; init; }

    /// <summary>Where the report goes as HTML; null: nowhere.</summary>
    public string? Report { get; init; }

    /// <summary>The rows of the settings table that were given.</summary>
    public IReadOnlyDictionary<SettingRow<BackfillSettings>, SettingValue> Settings { get; init; } = new Dictionary<SettingRow<BackfillSettings>, SettingValue>();

    public Verbosity Verbosity { get; init; }

    public bool NoColor { get; init; }
}
