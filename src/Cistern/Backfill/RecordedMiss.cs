namespace Cistern;

/// <summary>A miss as it was counted, and what was decided on it.</summary>
/// <param name="Decision">What was decided.</param>
/// <param name="Rate">The rate that decided, rounded.</param>
/// <param name="Lookups">All lookups so far, this one included.</param>
/// <param name="Place">Its place in the window; null if its key was known to be absent.</param>
internal readonly record struct RecordedMiss(BackfillDecision Decision, double Rate, long Lookups, long? Place);
