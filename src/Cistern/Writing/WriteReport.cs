namespace Cistern;

/// <summary>What a write did: with the records before any backend saw them, and with each backend. Immutable.</summary>
public sealed record WriteReport
{
    /// <summary>How many records were read: <see cref="Accepted"/> and <see cref="Rejected"/> together.</summary>
    public long Records { get; init; }

    /// <summary>How many records went on to the backends, duplicates included.</summary>
    public long Accepted { get; init; }

    /// <summary>How many records no backend was given, as they are no entries.</summary>
    public long Rejected { get; init; }

    /// <summary>The first rejected records, up to <see cref="CacheWriterOptions.MaxListedRecords"/>, in order.</summary>
    public IReadOnlyList<RejectedRecord> RejectedRecords { get; init; } = [];

    /// <summary>How many accepted records have the key of an earlier one, whose place they take; at least that many unless <see cref="AreDuplicatesExact"/>.</summary>
    public long Duplicates { get; init; }

    /// <summary>Whether the number of duplicates is exact. False: there were more keys than <see cref="CacheWriterOptions.MaxTrackedKeys"/>.</summary>
    public bool AreDuplicatesExact { get; init; } = true;

    /// <summary>What each backend did, in the order in which they were given.</summary>
    public IReadOnlyList<BackendWriteReport> Backends { get; init; } = [];

    /// <summary>Why the records could not be read to their end; those before were written. Null: they could.</summary>
    public Exception? InputError { get; init; }

    /// <summary>Whether the write was cancelled before it was done.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>Whether the write stopped at a failure before it was done.</summary>
    public bool IsStopped { get; init; }

    /// <summary>The time from the first record asked for to the last answer of a backend.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether every record was read, accepted, and dealt with by every backend as it was meant to be.</summary>
    public bool IsComplete => InputError is null && !IsCancelled && !IsStopped && Rejected == 0 && Backends.All(backend => backend.IsComplete);
}
