namespace Cistern;

/// <summary>What the gate decided for one miss.</summary>
internal enum BackfillDecision
{
    /// <summary>The rate is not high, or a backfill runs already, or the last one was too short ago.</summary>
    None,

    /// <summary>A backfill is due and within the limit. The gate stays taken until <see cref="BackfillGate.Leave"/>.</summary>
    Run,

    /// <summary>A backfill is due, but the limit is used up.</summary>
    Refused,
}
