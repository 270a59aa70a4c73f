namespace Cistern;

/// <summary>Bounds, durability and clock of a file backend. Naming any of the three bounds drops the default ones. Immutable.</summary>
public sealed record FileBackendOptions
{
    /// <summary>The bound on values where none is named: 100 MB.</summary>
    public const long DefaultMaxSizeBytes = InMemoryBackendOptions.DefaultMaxSizeBytes;

    /// <summary>The bound on memory where none is named: 256 MB.</summary>
    public const long DefaultMaxMemoryBytes = InMemoryBackendOptions.DefaultMaxMemoryBytes;

    /// <summary>What the backend is called in statistics and errors. Default "file".</summary>
    public string Name { get; init; } = "file";

    /// <summary>The most entries held, at least 1; null (the default): not bounded.</summary>
    public long? Capacity { get; init; }

    /// <summary>The most bytes of values held, at least 1; null: not bounded, unless no bound is named at all: then <see cref="DefaultMaxSizeBytes"/>.</summary>
    public long? MaxSizeBytes { get; init; }

    /// <summary>The most bytes of memory held, at least 1; null: not bounded, unless no bound is named at all: then <see cref="DefaultMaxMemoryBytes"/>.</summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>No bounds at all: everything is kept until it expires or is deleted. Default: false.</summary>
    public bool IsUnbounded { get; init; }

    /// <summary>The most bytes a value may have, from 1 to 166,666,666. Default 64 MB. A longer one is <see cref="SetOutcome.TooLarge"/>.</summary>
    public long MaxValueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Which entry goes first when there is no room. Default: <see cref="EvictionMode.Lru"/>.</summary>
    public EvictionMode Eviction { get; init; }

    /// <summary>How long the version of a deleted key is remembered. Default 60 s.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What an acknowledged write has survived. Default: <see cref="FileDurability.Os"/>.</summary>
    public FileDurability Durability { get; init; }

    /// <summary>What becomes of entries that something else wrote into the file while it was closed. Default: <see cref="ForeignEdits.Refuse"/>.</summary>
    public ForeignEdits ForeignEdits { get; init; }

    /// <summary>Whether the file is only read: no lock is taken, nothing is created or repaired, and every write is refused. What it shows is the file as it was when it was opened. Default: false.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The most bytes that the snapshot, or its journal, may have to be opened, from 1 to 2,147,483,591. Default 1 GB. A larger one is not loaded: opening fails and says so.</summary>
    public long MaxFileBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How many bytes a journal must have before it is folded into the snapshot; it must also have outgrown the snapshot. At least 1. Default 64 MB.</summary>
    public long CompactionBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>The clock. Null (the default): <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider? TimeProvider { get; init; }

    internal FileBackendOptions Resolve()
    {
        ArgumentException.ThrowIfNullOrEmpty(Name);
        CheckBound(Capacity, nameof(Capacity));
        CheckBound(MaxSizeBytes, nameof(MaxSizeBytes));
        CheckBound(MaxMemoryBytes, nameof(MaxMemoryBytes));
        if (MaxValueBytes is < 1 or > EntryJson.MostValueBytes) throw new ArgumentOutOfRangeException(nameof(MaxValueBytes), MaxValueBytes, $"Must be from 1 to {EntryJson.MostValueBytes}: the file's JSON takes no longer ones.");
        CheckBound(CompactionBytes, nameof(CompactionBytes));
        if (MaxFileBytes < 1 || MaxFileBytes > Array.MaxLength) throw new ArgumentOutOfRangeException(nameof(MaxFileBytes), MaxFileBytes, $"Must be from 1 to {Array.MaxLength}.");
        if (Eviction is < EvictionMode.Lru or > EvictionMode.OldestAdded) throw new ArgumentOutOfRangeException(nameof(Eviction), Eviction, "Unknown eviction.");
        if (Durability is < FileDurability.Os or > FileDurability.Power) throw new ArgumentOutOfRangeException(nameof(Durability), Durability, "Unknown durability.");
        if (ForeignEdits is < ForeignEdits.Refuse or > ForeignEdits.Accept) throw new ArgumentOutOfRangeException(nameof(ForeignEdits), ForeignEdits, "Unknown handling of foreign edits.");
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
