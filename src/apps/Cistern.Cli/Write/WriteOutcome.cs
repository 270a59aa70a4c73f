namespace Cistern.Cli;

/// <summary>Everything a write can be summed up by. Immutable.</summary>
/// <param name="Report">What became of the records.</param>
/// <param name="Plan">What was to be done.</param>
/// <param name="Stats">What each backend holds, in order; null for one that failed to say.</param>
/// <param name="ClosingErrors">Why a backend could not be closed in good order, by its name.</param>
internal sealed record WriteOutcome(WriteReport Report, WritePlan Plan, IReadOnlyList<CacheStats?> Stats, IReadOnlyDictionary<string, string> ClosingErrors)
{
    /// <summary>Whether every record was accepted and dealt with by every backend, which had room for all and closed in good order.</summary>
    public bool IsComplete => Report.IsComplete && ClosingErrors.Count == 0 && Stats.All(stats => stats?.Evictions is not > 0);
}
