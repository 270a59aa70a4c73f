namespace Cistern;

/// <summary>How a <see cref="CacheWriter"/> writes. Immutable; validated when a writer is created with it.</summary>
public sealed record CacheWriterOptions
{
    private const int Megabyte = 1024 * 1024;

    /// <summary>
    /// How every record is set, unless it says otherwise itself. Null (the default): <see cref="Cistern.SetOptions.Default"/>. Once an instant
    /// of expiration has passed, what comes after it is not written, and counted as <see cref="BackendWriteReport.Expired"/>.
    /// </summary>
    public SetOptions? SetOptions { get; init; }

    /// <summary>What happens when a backend fails. Default: <see cref="WriteFailureHandling.Continue"/>.</summary>
    public WriteFailureHandling OnFailure { get; init; }

    /// <summary>The most records of a batch, 1 to 100,000. Default 1000. When a batch fails, all of it counts as failed.</summary>
    public int BatchRecords { get; init; } = 1000;

    /// <summary>The most bytes of keys, values and metadata in a batch, at least 1; a larger record is a batch of its own. Default 1 MB.</summary>
    public int BatchBytes { get; init; } = Megabyte;

    /// <summary>
    /// By how many records a backend may be behind the one that is furthest; then all wait for it. At least 1; one batch is always
    /// allowed. Default 10,000.
    /// </summary>
    public int MaxQueuedRecords { get; init; } = 10_000;

    /// <summary>The same in bytes of keys, values and metadata; what is queued for several backends is there once. At least 1. Default 16 MB.</summary>
    public long MaxQueuedBytes { get; init; } = 16 * Megabyte;

    /// <summary>The most bytes of one value, at least 1; a record with a larger one is rejected. Default 64 MB.</summary>
    public int MaxValueBytes { get; init; } = 64 * Megabyte;

    /// <summary>How many rejected records, and for each backend how many unstored ones, the report lists; all are counted. At least 0. Default 100.</summary>
    public int MaxListedRecords { get; init; } = 100;

    /// <summary>How many distinct keys are remembered to count duplicates, at up to 22 bytes each, at least 0. Default 4,194,304.</summary>
    public int MaxTrackedKeys { get; init; } = 4 * Megabyte;

    /// <summary>Throws <see cref="ArgumentException"/> naming the first option that cannot be used, and what is allowed.</summary>
    public void Validate()
    {
        if (OnFailure is < WriteFailureHandling.Continue or > WriteFailureHandling.StopAtFirstFailure) throw new ArgumentOutOfRangeException(nameof(OnFailure), OnFailure, "Unknown handling.");
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchRecords, 1, nameof(BatchRecords));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchRecords, 100_000, nameof(BatchRecords));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytes, 1, nameof(BatchBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedRecords, 1, nameof(MaxQueuedRecords));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedBytes, 1, nameof(MaxQueuedBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxValueBytes, 1, nameof(MaxValueBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxListedRecords, nameof(MaxListedRecords));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxTrackedKeys, nameof(MaxTrackedKeys));
        if (SetOptions is { } options) Expiration.Check(options, nameof(SetOptions));
    }
}
