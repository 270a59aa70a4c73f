namespace Cistern;

/// <summary>What a lookup into a caller's memory found.</summary>
public enum LookupOutcome
{
    /// <summary>No live entry is there.</summary>
    Miss,

    /// <summary>The value was copied.</summary>
    Hit,

    /// <summary>A live entry is there, but its value is longer than the caller's memory; nothing was copied. Counts as a hit.</summary>
    DestinationTooSmall,
}
