namespace Cistern;

/// <summary>The bounds and the clock of an in-memory backend. Naming any of the three bounds drops the default ones. Immutable.</summary>
public sealed record InMemoryBackendOptions
{
    /// <summary>The bound on values where none is named: 100 MB.</summary>
    public const long DefaultMaxSizeBytes = 100L * 1024 * 1024;

    /// <summary>The bound on memory where none is named: 256 MB.</summary>
    public const long DefaultMaxMemoryBytes = 256L * 1024 * 1024;

    /// <summary>No bounds at all: everything is kept until it expires or is deleted.</summary>
    public static InMemoryBackendOptions Unbounded { get; } = new() { IsUnbounded = true };

    /// <summary>What the backend is called in statistics and errors. Default "memory".</summary>
    public string Name { get; init; } = "memory";

    /// <summary>The most entries held, at least 1; null (the default): not bounded.</summary>
    public long? Capacity { get; init; }

    /// <summary>The most bytes of values held, at least 1; null: not bounded, unless no bound is named at all: then <see cref="DefaultMaxSizeBytes"/>.</summary>
    public long? MaxSizeBytes { get; init; }

    /// <summary>The most bytes held in all, at least 1; null: not bounded, unless no bound is named at all: then <see cref="DefaultMaxMemoryBytes"/>.</summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>Drops the default bounds without naming another. Not allowed beside a bound. Default false.</summary>
    public bool IsUnbounded { get; init; }

    /// <summary>The most bytes a value may have, at least 1. Default 64 MB. A longer one is <see cref="SetOutcome.TooLarge"/>.</summary>
    public long MaxValueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Which entry goes first when there is no room. Default: <see cref="EvictionMode.Adaptive"/>.</summary>
    public EvictionMode Eviction { get; init; } = EvictionMode.Adaptive;

    /// <summary>What eviction makes the most of, where values are of different lengths. Default: <see cref="EvictionGoal.Hits"/>. <c>Lru</c> and <c>OldestAdded</c> do not look at lengths.</summary>
    public EvictionGoal EvictionGoal { get; init; }

    /// <summary>How long the version of a deleted key is remembered. Default 60 s.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether entries are evicted when memory runs short, also where no bound is reached: beyond 80 % of the limit of the heap (as in a container), or 90 % of the machine's
    /// memory. Once there is enough again, the cache grows back. Default true.
    /// </summary>
    public bool ShrinksUnderMemoryPressure { get; init; } = true;

    /// <summary>The clock. Null (the default): <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider? TimeProvider { get; init; }

    internal MemoryPressure MemoryPressure { get; init; } = MemoryPressure.OfProcess;

    internal InMemoryBackendOptions Resolve()
    {
        CheckBound(Capacity, nameof(Capacity));
        CheckBound(MaxSizeBytes, nameof(MaxSizeBytes));
        CheckBound(MaxMemoryBytes, nameof(MaxMemoryBytes));
        CheckBound(MaxValueBytes, nameof(MaxValueBytes));
        if (Eviction is < EvictionMode.Lru or > EvictionMode.Adaptive) throw new ArgumentOutOfRangeException(nameof(Eviction), Eviction, "Unknown eviction.");
        if (EvictionGoal is < EvictionGoal.Hits or > EvictionGoal.ByteHits) throw new ArgumentOutOfRangeException(nameof(EvictionGoal), EvictionGoal, "Unknown goal.");
        if (TombstoneRetention <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(TombstoneRetention), TombstoneRetention, "Must be greater than zero.");
        var isBounded = (Capacity ?? MaxSizeBytes ?? MaxMemoryBytes) is not null;
        if (IsUnbounded && isBounded) throw new ArgumentException("An unbounded backend has no capacity, max size or max memory.", nameof(IsUnbounded));
        return IsUnbounded || isBounded ? this : this with { MaxSizeBytes = DefaultMaxSizeBytes, MaxMemoryBytes = DefaultMaxMemoryBytes };
    }

    private static void CheckBound(long? bound, string name)
    {
        if (bound < 1) throw new ArgumentOutOfRangeException(name, bound, "Must be at least 1.");
    }
}
