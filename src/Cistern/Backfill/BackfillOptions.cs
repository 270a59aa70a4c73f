namespace Cistern;

/// <summary>When a cache refills itself, with how much, and within which limits. Immutable; validated when a cache is created with it.</summary>
public sealed record BackfillOptions
{
    /// <summary>The miss rate at which a backfill runs, 0.01 to 1.0. Default 0.5. Compared with the rate rounded to four decimals.</summary>
    public double MissThreshold { get; init; } = 0.5;

    /// <summary>The most entries one automatic backfill loads, at least 1. Default 10.</summary>
    public int BackfillBatch { get; init; } = 10;

    /// <summary>How many lookups the window must hold before a backfill runs, at least 1. Default 3.</summary>
    public int MinLookups { get; init; } = 3;

    /// <summary>How many automatic backfills may run until <see cref="BackfillingCache.Resume"/>; 0: none; null (the default): any number.</summary>
    public int? MaxBackfills { get; init; }

    /// <summary>
    /// How many automatic backfills in a row may fail to lower the miss rate, as seen when the next one is due, until
    /// <see cref="BackfillingCache.Resume"/>; at least 1; null (the default): any number.
    /// </summary>
    public int? MaxIneffectiveBackfills { get; init; }

    /// <summary>Over which lookups the rate is taken. Default: <see cref="MissWindow.Cumulative"/>.</summary>
    public MissWindow Window { get; init; } = MissWindow.Cumulative;

    /// <summary>
    /// The rate, 0 to <see cref="MissThreshold"/>, at or under which backfilling ends once it has begun; between the two it goes on, one
    /// backfill per <see cref="Cooldown"/>. Null (the default): it ends as soon as the rate is under the threshold.
    /// </summary>
    public double? ClearThreshold { get; init; }

    /// <summary>The least time from one automatic backfill to the next while backfilling lasts; null (the default): none.</summary>
    public TimeSpan? Cooldown { get; init; }

    /// <summary>
    /// Decide by the rate without lookups of keys known to be absent at the source, which no backfill can help:
    /// (misses − known absent) / (lookups − known absent). Default false. Reported rates always keep all lookups.
    /// </summary>
    public bool ExcludeSourceMisses { get; init; }

    /// <summary>The most keys remembered as absent at the source, at least 1. Default 100,000. Beyond it the longest known are forgotten.</summary>
    public int MaxRememberedSourceMisses { get; init; } = 100_000;

    /// <summary>Who waits for an automatic backfill. Default: <see cref="BackfillMode.Inline"/>.</summary>
    public BackfillMode Mode { get; init; }

    /// <summary>What a lookup does when the backend fails. Default: <see cref="BackendFaultHandling.Throw"/>.</summary>
    public BackendFaultHandling OnBackendFault { get; init; }

    /// <summary>The most source reads at a time while the backend is bypassed, at least 1. Default 16.</summary>
    public int MaxBypassReads { get; init; } = 16;

    /// <summary>
    /// How long one automatic backfill may take, and how long the source read of one key with what follows it. Each has it in full: the
    /// lookup that waits for a backfill that hangs still reads its own key after it, and so may take twice as long. Default 30 s; null: any time.
    /// </summary>
    public TimeSpan? SourceTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The TTL of what is loaded from the source; null (the default): none.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>By which part, 0 to 1, TTLs differ at random in both directions, so that what was loaded together does not expire together. Default 0.</summary>
    public double TimeToLiveJitter { get; init; }

    /// <summary>Where the jitter's randomness comes from. Default: <see cref="Random.Shared"/>. Must be safe for concurrent use where lookups are.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>The most audit entries held in memory, at least 1. Default 1000.</summary>
    public int AuditCapacity { get; init; } = 1000;

    /// <summary>Receives every audit entry as well; null (the default): nobody does.</summary>
    public IAuditSink? AuditSink { get; init; }

    /// <summary>
    /// The preset for services: a window of 30 s with at least 100 lookups; on at 0.30, off at 0.10; 60 s of cooldown; manual intervention
    /// after 3 backfills that did not lower the rate; batches of 1000, in the background; TTLs ±10 %.
    /// </summary>
    public static BackfillOptions ForServices { get; } = new()
    {
        Window = MissWindow.OfDuration(TimeSpan.FromSeconds(30)),
        MinLookups = 100,
        MissThreshold = 0.30,
        ClearThreshold = 0.10,
        Cooldown = TimeSpan.FromSeconds(60),
        MaxIneffectiveBackfills = 3,
        BackfillBatch = 1000,
        Mode = BackfillMode.Background,
        TimeToLiveJitter = 0.10,
    };

    /// <summary>Throws <see cref="ArgumentOutOfRangeException"/> naming the first option that is outside its range, and the range.</summary>
    public void Validate()
    {
        CheckRange(MissThreshold, 0.01, 1.0, nameof(MissThreshold));
        CheckAtLeast(BackfillBatch, 1, nameof(BackfillBatch));
        CheckAtLeast(MinLookups, 1, nameof(MinLookups));
        CheckAtLeast(MaxBackfills ?? 0, 0, nameof(MaxBackfills));
        CheckAtLeast(MaxIneffectiveBackfills ?? 1, 1, nameof(MaxIneffectiveBackfills));
        ArgumentNullException.ThrowIfNull(Window);
        CheckRange(ClearThreshold ?? 0, 0, MissThreshold, nameof(ClearThreshold));
        CheckPositive(Cooldown, nameof(Cooldown));
        CheckAtLeast(MaxRememberedSourceMisses, 1, nameof(MaxRememberedSourceMisses));
        CheckAtLeast(MaxBypassReads, 1, nameof(MaxBypassReads));
        CheckPositive(SourceTimeout, nameof(SourceTimeout));
        CheckPositive(TimeToLive, nameof(TimeToLive));
        CheckRange(TimeToLiveJitter, 0, 1, nameof(TimeToLiveJitter));
        ArgumentNullException.ThrowIfNull(Random);
        CheckAtLeast(AuditCapacity, 1, nameof(AuditCapacity));
    }

    private static void CheckRange(double value, double least, double most, string name)
    {
        // Written so that NaN fails.
        if (!(value >= least && value <= most)) throw new ArgumentOutOfRangeException(name, value, $"Must be from {least} to {most}.");
    }

    private static void CheckAtLeast(int value, int least, string name)
    {
        if (value < least) throw new ArgumentOutOfRangeException(name, value, $"Must be at least {least}.");
    }

    private static void CheckPositive(TimeSpan? value, string name)
    {
        if (value <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(name, value, "Must be greater than zero; null means none.");
    }
}
