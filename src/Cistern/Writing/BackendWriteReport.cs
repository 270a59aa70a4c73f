namespace Cistern;

/// <summary>
/// What a write did on one backend. Every accepted record is counted in exactly one of <see cref="Stored"/>, <see cref="AlreadyCurrent"/>,
/// <see cref="Present"/>, <see cref="Superseded"/>, <see cref="TooLarge"/>, <see cref="Expired"/>, <see cref="Failed"/> and
/// <see cref="Unwritten"/>. Immutable.
/// </summary>
public sealed record BackendWriteReport
{
    /// <summary>The name of the backend, as its <see cref="WriteTarget"/> has it.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// How many records the backend acknowledged as stored. A later record with the same key, an eviction or an expiration may have taken
    /// one's place since.
    /// </summary>
    public long Stored { get; init; }

    /// <summary>How many records were there already in the same version: a success.</summary>
    public long AlreadyCurrent { get; init; }

    /// <summary>How many records were not stored as something is there (<see cref="SetCondition.IfAbsent"/>).</summary>
    public long Present { get; init; }

    /// <summary>How many records were not stored as something newer is there (<see cref="SetCondition.IfNewer"/>).</summary>
    public long Superseded { get; init; }

    /// <summary>How many records were rejected as larger than the backend's bounds.</summary>
    public long TooLarge { get; init; }

    /// <summary>How many records ended, by an instant of their own, before they could be written: nothing was changed, and nothing is missing.</summary>
    public long Expired { get; init; }

    /// <summary>
    /// How many records were in a batch that failed or was cancelled in flight. Whether any of them was stored is unknown: none is counted
    /// as stored.
    /// </summary>
    public long Failed { get; init; }

    /// <summary>How many records were never given to the backend, as the write was cancelled or stopped before.</summary>
    public long Unwritten { get; init; }

    /// <summary>The number of the first unwritten record, from 1, where a later write would go on; null: there is none.</summary>
    public long? FirstUnwritten { get; init; }

    /// <summary>What failed first; null: nothing did.</summary>
    public Exception? FirstError { get; init; }

    /// <summary>The first records that were refused or failed, up to <see cref="CacheWriterOptions.MaxListedRecords"/>, in order.</summary>
    public IReadOnlyList<UnstoredRecord> Unstored { get; init; } = [];

    /// <summary>The time the backend itself took, without waiting for records.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether the backend holds, or something newer than, what every record wanted it to hold: nothing was too large, present, failed or unwritten.</summary>
    public bool IsComplete => TooLarge + Present + Failed + Unwritten == 0;
}
