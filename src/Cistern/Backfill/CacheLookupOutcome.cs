namespace Cistern;

/// <summary>Where the value of a lookup came from.</summary>
public enum CacheLookupOutcome
{
    /// <summary>The source does not have the key either.</summary>
    NotFound,

    /// <summary>The backend had it.</summary>
    Hit,

    /// <summary>A miss, then brought from the source: by a backfill, by a read of this key, or by the flight of another caller.</summary>
    Loaded,
}
