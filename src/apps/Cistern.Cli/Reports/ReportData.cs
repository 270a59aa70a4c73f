namespace Cistern.Cli;

/// <summary>What the report of a run shows. It holds no keys and no values. Immutable.</summary>
internal sealed record ReportData
{
    /// <summary>The heading of the page.</summary>
    public string Title { get; init; } = "Backfill report";

    /// <summary>The name of the source, without secrets.</summary>
    public required string Source { get; init; }

    /// <summary>The name or address of the backend, without secrets.</summary>
    public required string Backend { get; init; }

    /// <summary>The figures at the end of the run.</summary>
    public required BackfillStats Stats { get; init; }

    /// <summary>The settings of the run.</summary>
    public required BackfillOptions Options { get; init; }

    /// <summary>The miss rate over the lookups: <see cref="MissRateCurve.Points"/>.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>What was decided, oldest first.</summary>
    public IReadOnlyList<AuditEntry> Audit { get; init; } = [];

    /// <summary>How many older entries of the audit are not in <see cref="Audit"/>.</summary>
    public long AuditDropped { get; init; }

    /// <summary>Whether the times in <see cref="Audit"/> mean anything; otherwise they are not shown. Default true.</summary>
    public bool HasTimes { get; init; } = true;

    /// <summary>Entries in the backend at the end; null: unknown, not shown.</summary>
    public long? Entries { get; init; }

    /// <summary>Entries removed for room; null: unknown, not shown.</summary>
    public long? Evictions { get; init; }

    /// <summary>The bound on entries; null: none.</summary>
    public long? Capacity { get; init; }

    /// <summary>How entries are chosen for eviction, as it is written in the configuration; null: not shown.</summary>
    public string? Eviction { get; init; }

    /// <summary>When the run ended; null: not shown.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How long it took; null: not shown.</summary>
    public TimeSpan? Elapsed { get; init; }
}
