namespace Cistern;

/// <summary>In what a backend differs from others, as data: callers and tests ask here instead of asking for a type. Immutable.</summary>
public sealed record BackendCapabilities
{
    /// <summary>Entries outlive the process.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Other processes see and change the same entries.</summary>
    public bool IsShared { get; init; }

    /// <summary>Evictions are counted; otherwise the statistics give null.</summary>
    public bool ReportsEvictions { get; init; }

    /// <summary>Expirations are counted; otherwise the statistics give null.</summary>
    public bool ReportsExpirations { get; init; }

    /// <summary>It notices when its entries are gone though nobody asked it to remove them, and raises <see cref="CacheBackend.Emptied"/>.</summary>
    public bool NoticesEmptied { get; init; }

    /// <summary>It gives leases on absent keys, which keep a late fill out: see <see cref="CacheBackend.LeaseAsync"/>.</summary>
    public bool GivesLeases { get; init; }

    /// <summary>Keys can be listed, and the backend cleared; where this is false, both are faults. Default: true.</summary>
    public bool ListsKeys { get; init; } = true;

    /// <summary>A listing may give one key more than once.</summary>
    public bool KeysMayRepeat { get; init; }

    /// <summary>How much of a batch happens at once.</summary>
    public BatchAtomicity BatchAtomicity { get; init; }

    /// <summary>How long versions and tombstones protect a key.</summary>
    public VersionRetention VersionRetention { get; init; }

    /// <summary>The most bytes a value may have; a longer one is <see cref="SetOutcome.TooLarge"/>. Null: no limit of its own.</summary>
    public long? MaxValueBytes { get; init; }

    /// <summary>The most entries held; null: unbounded, or not known.</summary>
    public long? Capacity { get; init; }

    /// <summary>The most bytes of values held; null: unbounded, or not known.</summary>
    public long? MaxSizeBytes { get; init; }

    /// <summary>The most bytes held in all; null: unbounded, or not known.</summary>
    public long? MaxMemoryBytes { get; init; }
}
