namespace Cistern;

/// <summary>The figures of a backfilling cache at one moment. Rates are 0 to 1, rounded to four decimals. Immutable.</summary>
public sealed record BackfillStats
{
    /// <summary>Lookups that the backend answered.</summary>
    public long Hits { get; init; }

    /// <summary>Lookups that it did not, counted per caller: those that joined another's flight included.</summary>
    public long Misses { get; init; }

    /// <summary>All lookups: hits and misses. Lookups that met a fault of the backend are neither.</summary>
    public long Lookups => Hits + Misses;

    /// <summary>Hits per lookup; 0 before the first.</summary>
    public double HitRate => Cistern.MissRate.Of(Hits, Lookups);

    /// <summary>Misses per lookup; 0 before the first.</summary>
    public double MissRate => Cistern.MissRate.Of(Misses, Lookups);

    /// <summary>The rate inside the window, by which the next backfill is decided.</summary>
    public double WindowMissRate { get; init; }

    /// <summary>Misses of keys that the source does not have either.</summary>
    public long SourceMisses { get; init; }

    /// <summary>Backfills run, automatic and forced, those included that failed or found nothing to load.</summary>
    public long Backfills { get; init; }

    /// <summary>Entries loaded by backfills.</summary>
    public long Loaded { get; init; }

    /// <summary>Backfills that were due but not run, as the source was empty.</summary>
    public long SkippedBackfills { get; init; }

    /// <summary>Whether a due backfill was refused because its limit is used up; until <see cref="BackfillingCache.Resume"/>.</summary>
    public bool ManualInterventionRequired { get; init; }

    /// <summary>Operations that met a fault of the backend while <see cref="BackendFaultHandling.Bypass"/> let the lookup go on.</summary>
    public long BackendFaults { get; init; }
}
