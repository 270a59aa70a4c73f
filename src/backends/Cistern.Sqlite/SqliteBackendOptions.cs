namespace Cistern;

/// <summary>The bounds, the durability and the clock of a SQLite backend. Immutable.</summary>
public sealed record SqliteBackendOptions
{
    /// <summary>What the backend is called in statistics and errors. Default "sqlite".</summary>
    public string Name { get; init; } = "sqlite";

    /// <summary>The most entries held, at least 1; null (the default): not bounded. Beyond it the least recently used entries go.</summary>
    public long? Capacity { get; init; }

    /// <summary>The most bytes of values held, at least 1; null (the default): not bounded. Beyond it the least recently used entries go.</summary>
    public long? MaxSizeBytes { get; init; }

    /// <summary>The most bytes a value may have, 1 to 1,000,000,000. Default 64 MB. A longer one is <see cref="SetOutcome.TooLarge"/>.</summary>
    public long MaxValueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>What an acknowledged write survives. Default: <see cref="SqliteDurability.Normal"/>.</summary>
    public SqliteDurability Durability { get; init; }

    /// <summary>How long a call waits for others that use the file, threads of this process and other processes together, in real time whatever <see cref="TimeProvider"/> says. Default 30 s, at least 1 ms.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens a database that exists to read it only: writes are faults, and reads leave no trace. Default false.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>How long the version of a deleted key is remembered. Default 60 s.</summary>
    public TimeSpan TombstoneRetention { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The clock. Null (the default): <see cref="TimeProvider.System"/>. Processes that share a file should share a clock, too.</summary>
    public TimeProvider? TimeProvider { get; init; }

    internal bool IsBounded => Capacity is not null || MaxSizeBytes is not null;

    internal long LongestValue => Math.Min(MaxValueBytes, MaxSizeBytes ?? long.MaxValue);

    internal int BusyTimeoutMilliseconds => (int)Math.Min(int.MaxValue, Math.Ceiling(BusyTimeout.TotalMilliseconds));

    internal long TombstoneMilliseconds => (long)Math.Ceiling(TombstoneRetention.TotalMilliseconds);

    internal SqliteBackendOptions Check()
    {
        const long LongestSqliteValue = 1_000_000_000;
        ArgumentException.ThrowIfNullOrEmpty(Name);
        CheckBound(Capacity, nameof(Capacity));
        CheckBound(MaxSizeBytes, nameof(MaxSizeBytes));
        CheckBound(MaxValueBytes, nameof(MaxValueBytes));
        if (MaxValueBytes > LongestSqliteValue) throw new ArgumentOutOfRangeException(nameof(MaxValueBytes), MaxValueBytes, $"Must be at most {LongestSqliteValue}.");
        if (Durability is < SqliteDurability.Normal or > SqliteDurability.Full) throw new ArgumentOutOfRangeException(nameof(Durability), Durability, "Unknown durability.");
        if (BusyTimeout <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(BusyTimeout), BusyTimeout, "Must be greater than zero.");
        if (TombstoneRetention <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(TombstoneRetention), TombstoneRetention, "Must be greater than zero.");
        return this;
    }

    private static void CheckBound(long? bound, string name)
    {
        if (bound < 1) throw new ArgumentOutOfRangeException(name, bound, "Must be at least 1.");
    }
}
