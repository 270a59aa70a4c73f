namespace Cistern.Cli;

/// <summary>A configuration as it was written, before the command line overrides it.</summary>
internal sealed class BackfillConfig
{
    /// <summary>The rows given, with the values as written.</summary>
    public IReadOnlyDictionary<SettingRow<BackfillSettings>, SettingValue> Values { get; init; } = new Dictionary<SettingRow<BackfillSettings>, SettingValue>();

    /// <summary>An inline source; null: there is none.</summary>
    public ICacheSource? InlineSource { get; set; }

    /// <summary>The address of the source; null: there is none, or it is inline.</summary>
    public string? SourceAddress { get; set; }

    /// <summary>The keys of inline lookups; null: there are none.</summary>
    public IReadOnlyCollection<string>? InlineLookups { get; set; }

    /// <summary>The file of the lookups; null: there is none, or they are inline.</summary>
    public string? LookupsFile { get; set; }
}
