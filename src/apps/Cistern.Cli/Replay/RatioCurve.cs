namespace Cistern.Cli;

/// <summary>The hit ratios of one policy, over the room that it has. Immutable.</summary>
/// <param name="Policy">The name of the policy, or <see cref="ReplayResult.Optimum"/>.</param>
/// <param name="Points">The points, the least room first; at least one.</param>
internal sealed record RatioCurve(string Policy, IReadOnlyList<RatioPoint> Points)
{
    /// <summary>The curves of a log, one for each policy.</summary>
    public static IReadOnlyList<RatioCurve> Of(ReplayReport report) =>
    [
        .. report.Results.GroupBy(result => result.Policy).Select(results =>
            new RatioCurve(results.Key, [.. results.Select(result => new RatioPoint(result.Bound.Amount, result.Bound.Figure, result.HitRatio))])),
    ];

    /// <summary>The mean of several logs, over the parts of their keys; empty where they have not the same parts.</summary>
    public static IReadOnlyList<RatioCurve> MeanOf(IReadOnlyList<ReplayReport> reports)
    {
        var parts = reports.Select(PartsOf).ToArray();
        if (parts[0].Length == 0 || parts.Any(other => !other.SequenceEqual(parts[0]))) return [];
        return
        [
            .. reports.SelectMany(report => report.Results).GroupBy(result => result.Policy).Select(results =>
                new RatioCurve(results.Key, [.. results.GroupBy(result => result.Bound.Percent!.Value).OrderBy(group => group.Key).Select(MeanOf)])),
        ];
    }

    private static decimal[] PartsOf(ReplayReport report) => report.Bounds.All(bound => bound.Percent is not null) ? [.. report.Bounds.Select(bound => bound.Percent!.Value)] : [];

    private static RatioPoint MeanOf(IGrouping<decimal, ReplayResult> results) =>
        new((double)results.Key, ReplayFormat.Percent(results.Key), results.Average(result => result.HitRatio));
}
