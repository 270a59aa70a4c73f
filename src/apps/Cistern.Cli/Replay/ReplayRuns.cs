namespace Cistern.Cli;

/// <summary>Replays a log with each policy and each bound, some side by side.</summary>
internal static class ReplayRuns
{
    /// <summary>Runs them.</summary>
    /// <param name="log">The log; it has requests.</param>
    /// <param name="policies">The policies, at least one.</param>
    /// <param name="bounds">The bounds, the smallest first; at least one.</param>
    /// <param name="progress">Told how far they are.</param>
    /// <param name="cancellationToken">Ends them.</param>
    /// <exception cref="BadInputException">There is not enough memory for one of them.</exception>
    public static async Task<ReplayReport> RunAsync(ReplayLog log, IReadOnlyList<EvictionMode> policies, IReadOnlyList<ReplayBound> bounds, ReplayProgress progress, CancellationToken cancellationToken)
    {
        var parallelism = ReplayRoom.Find(log, bounds);

        // Of values that differ in size, and of bytes, the best possible is not known how to find in reasonable time.
        var optimum = bounds[0].Measure == ReplayMeasure.Capacity ? new OptimalReplay(log) : null;
        EvictionMode?[] kinds = [.. policies, .. optimum is null ? [] : new EvictionMode?[] { null }];
        var runs = bounds.SelectMany(bound => kinds.Select(kind => (Bound: bound, Policy: kind))).ToArray();
        var results = new ReplayResult[runs.Length];
        progress.ReportTotal((long)runs.Length * log.Requests.Length);
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, runs.Length, options, async (i, token) =>
        {
            var (bound, policy) = runs[i];
            results[i] = policy is { } kind
                ? await RunAsync(log, kind, bound, progress, token).ConfigureAwait(false)
                : optimum!.Run(bound, progress, token);
        }).ConfigureAwait(false);

        return new ReplayReport
        {
            Log = log.Name,
            Requests = log.Requests.Length,
            DistinctKeys = log.Keys.Length,
            RequestedBytes = log.RequestedBytes,
            FootprintBytes = log.FootprintBytes,
            HasSizes = log.HasSizes,
            Bounds = bounds,
            Results = results,
        };
    }

    private static async ValueTask<ReplayResult> RunAsync(ReplayLog log, EvictionMode policy, ReplayBound bound, ReplayProgress progress, CancellationToken cancellationToken)
    {
        using var replay = new PolicyReplay(log, policy, bound);
        return await replay.RunAsync(progress, cancellationToken).ConfigureAwait(false);
    }
}
