namespace Cistern;

/// <summary>One decision, and why. Immutable.</summary>
public sealed record AuditEntry
{
    /// <summary>What was decided.</summary>
    public required AuditAction Action { get; init; }

    /// <summary>When, by the cache's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The lookups counted when it was decided, the one in hand included.</summary>
    public required long Lookups { get; init; }

    /// <summary>The rate that caused it, 0 to 1, rounded to four decimals; null when no rate did.</summary>
    public double? MissRate { get; init; }

    /// <summary>How many entries were loaded.</summary>
    public long Loaded { get; init; }

    /// <summary>How often it was decided in a row. Above 1 only for what is noted once per change of state: skipped, and manual intervention required.</summary>
    public long Count { get; init; } = 1;

    /// <summary>Why it failed; null unless it did. Holds no secret and no value.</summary>
    public string? Error { get; init; }

    /// <summary>The name of the action in JSON: <c>backfill</c>, <c>force_backfill</c>, <c>backfill_failed</c>, <c>skipped_empty_source</c>, <c>manual_intervention_required</c>, <c>resumed</c>.</summary>
    public string ActionName => Action switch
    {
        AuditAction.Backfill => "backfill",
        AuditAction.ForceBackfill => "force_backfill",
        AuditAction.BackfillFailed => "backfill_failed",
        AuditAction.SkippedEmptySource => "skipped_empty_source",
        AuditAction.ManualInterventionRequired => "manual_intervention_required",
        _ => "resumed",
    };
}
