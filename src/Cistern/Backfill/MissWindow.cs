namespace Cistern;

/// <summary>Over which lookups the miss rate is taken when a backfill is decided. Immutable.</summary>
public sealed record MissWindow
{
    private MissWindow()
    {
    }

    /// <summary>All lookups since the cache was created. Blind to a flush after a long good history; simple and exact for a job.</summary>
    public static MissWindow Cumulative { get; } = new();

    /// <summary>The number of latest lookups; null unless the window is counted in lookups.</summary>
    public int? Lookups { get; private init; }

    /// <summary>How far back the window reaches; null unless it is a duration.</summary>
    public TimeSpan? Duration { get; private init; }

    /// <summary>The latest lookups, a fixed number of them.</summary>
    /// <param name="lookups">How many, at least 1.</param>
    public static MissWindow OfLookups(int lookups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lookups, 1);
        return new MissWindow { Lookups = lookups };
    }

    /// <summary>
    /// The lookups of the time just past. A lookup leaves the window once it is as old as the window is long; the window moves in steps of
    /// one millisecond, or of 1/65536 of its length where that is longer.
    /// </summary>
    /// <param name="duration">How far back it reaches, at least one millisecond.</param>
    public static MissWindow OfDuration(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.FromMilliseconds(1));
        return new MissWindow { Duration = duration };
    }
}
