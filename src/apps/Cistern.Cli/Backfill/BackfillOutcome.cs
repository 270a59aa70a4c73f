namespace Cistern.Cli;

/// <summary>Everything a run can be summed up by. Immutable.</summary>
internal sealed record BackfillOutcome
{
    public required BackfillStats Stats { get; init; }

    public required CacheStats Backend { get; init; }

    public required IReadOnlyList<AuditEntry> Audit { get; init; }

    public required long AuditDropped { get; init; }

    /// <summary>Whether the times of audit entries are those of lookups.</summary>
    public required bool HasTime { get; init; }

    public required long FailedLookups { get; init; }

    /// <summary>The results' own file; null: they are in the summary.</summary>
    public required string? ResultsFile { get; init; }

    public required OpenedBackend Opened { get; init; }

    public required BackfillSettings Settings { get; init; }

    /// <summary>What the source is, without secrets.</summary>
    public required string Source { get; init; }

    /// <summary>The miss rate over the lookups; null: nobody asked for it.</summary>
    public required MissRateCurve? Curve { get; init; }

    /// <summary>What the lookups are.</summary>
    public required string Lookups { get; init; }

    /// <summary>Whether anything failed: a lookup, or a backfill.</summary>
    public bool HasFailures => FailedLookups > 0 || Stats.BackendFaults > 0 || Audit.Any(entry => entry.Action == AuditAction.BackfillFailed);

    /// <summary>The run as its report shows it.</summary>
    public ReportData ToReport() => new()
    {
        Source = Source,
        Backend = Settings.Backend.ToString(),
        Stats = Stats,
        Options = Settings.ToOptions(),
        Curve = Curve?.Points ?? [],
        Audit = Audit,
        AuditDropped = AuditDropped,
        HasTimes = HasTime,
        Entries = Backend.CurrentEntries,
        Evictions = Backend.Evictions,
        Capacity = Opened.Capacity,
        Eviction = Opened.Eviction is { } eviction ? EvictionModeText.Format(eviction) : null,
    };
}
