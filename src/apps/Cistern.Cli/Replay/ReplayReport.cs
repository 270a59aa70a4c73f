namespace Cistern.Cli;

/// <summary>What the replays of one log showed. Immutable.</summary>
internal sealed record ReplayReport
{
    /// <summary>What the log is called.</summary>
    public required string Log { get; init; }

    public required long Requests { get; init; }

    public required long DistinctKeys { get; init; }

    /// <summary>The bytes of the values of all requests.</summary>
    public required long RequestedBytes { get; init; }

    /// <summary>The bytes of the values of all keys, each as its first request has it.</summary>
    public required long FootprintBytes { get; init; }

    /// <summary>Whether the log gives the sizes of values.</summary>
    public required bool HasSizes { get; init; }

    /// <summary>The bounds, the smallest first; at least one.</summary>
    public required IReadOnlyList<ReplayBound> Bounds { get; init; }

    /// <summary>Every result, by bound, and for each bound in the order in which the policies were given, the optimum last.</summary>
    public required IReadOnlyList<ReplayResult> Results { get; init; }

    /// <summary>The names of what there are results of, in their order.</summary>
    public IReadOnlyList<string> Policies => [.. Results.Select(result => result.Policy).Distinct()];

    /// <summary>In what the bounds are measured.</summary>
    public ReplayMeasure Measure => Bounds[0].Measure;

    /// <summary>The result of the policy with the most hits at a bound, of equals the one with the least memory, then the one that was given first.</summary>
    public ReplayResult BestAt(ReplayBound bound) =>
        Results.Where(result => result.Bound == bound && !result.IsOptimum).OrderByDescending(result => result.Hits).ThenBy(result => result.Stats?.MemoryBytes).First();

    /// <summary>The result with the smallest bound whose hit ratio is at most a point below the largest of all.</summary>
    public ReplayResult Recommended
    {
        get
        {
            const int PointsOfAll = 100;
            var best = Bounds.Select(BestAt).ToArray();
            var most = best.Max(result => result.Hits);

            // Counted, not divided: a point is a point.
            return best.First(result => (most - result.Hits) * PointsOfAll <= Requests);
        }
    }
}
