namespace Cistern;

/// <summary>What a lookup of a backfilling cache found.</summary>
/// <param name="Outcome">Where the value came from.</param>
/// <param name="Value">The value; null when there is none, or when it went into the caller's buffer.</param>
public readonly record struct CacheLookup(CacheLookupOutcome Outcome, byte[]? Value)
{
    /// <summary>The strings beside the value, when it came from the source; null after a hit, or without any.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
