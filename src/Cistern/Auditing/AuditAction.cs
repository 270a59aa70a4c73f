namespace Cistern;

/// <summary>What was decided.</summary>
public enum AuditAction
{
    /// <summary>The miss rate was high: a batch was loaded.</summary>
    Backfill,

    /// <summary>By request: everything was loaded.</summary>
    ForceBackfill,

    /// <summary>A backfill was begun and failed; what it had loaded stays.</summary>
    BackfillFailed,

    /// <summary>The miss rate was high, but the source is empty: nothing was run.</summary>
    SkippedEmptySource,

    /// <summary>The miss rate was high, but the limit on automatic backfills is used up: nothing was run.</summary>
    ManualInterventionRequired,

    /// <summary>By request: the limit on automatic backfills was opened again.</summary>
    Resumed,
}
