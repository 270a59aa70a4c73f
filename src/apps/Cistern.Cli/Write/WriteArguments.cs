namespace Cistern.Cli;

/// <summary>What the command line of <c>cistern write</c> says. Immutable.</summary>
internal sealed record WriteArguments
{
    public const string DefaultInput = "data/sample_input.json";
    public const string DefaultOutput = "data/output_summary.json";

    /// <summary>A configuration, or a file of records.</summary>
    public string Input { get; init; } = DefaultInput;

    public string Output { get; init; } = DefaultOutput;

    /// <summary>The backends, over the file's; empty: the file's.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The rows of the settings table that were given.</summary>
    public IReadOnlyDictionary<SettingRow<WriteSettings>, SettingValue> Settings { get; init; } = new Dictionary<SettingRow<WriteSettings>, SettingValue>();

    public Verbosity Verbosity { get; init; }

    public bool NoColor { get; init; }
}
