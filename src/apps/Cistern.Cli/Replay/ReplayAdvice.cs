namespace Cistern.Cli;

/// <summary>What the replays of a log say in a sentence: which policy is the best at each bound, and which bound is enough.</summary>
internal static class ReplayAdvice
{
    public static string Of(ReplayReport report)
    {
        if (report.Requests == report.DistinctKeys) return "No key is asked for twice: no cache would have a hit.";
        var best = report.Bounds.Select(report.BestAt).ToArray();
        var enough = report.Recommended;
        if (best.Length == 1) return $"{enough.Policy} has the best hit ratio at {enough.Bound}: {ReplayFormat.Ratio(enough.HitRatio)}.";
        var largest = best.Max(result => result.HitRatio);
        return $"{string.Join(", ", Runs(best))}; the smallest {ReplayFormat.Name(report.Measure)} within 1 point of the largest hit ratio ({ReplayFormat.Ratio(largest)}) is {enough.Bound}, with {enough.Policy} ({ReplayFormat.Ratio(enough.HitRatio)}).";
    }

    // Neighbours with one winner are told together.
    private static IEnumerable<string> Runs(ReplayResult[] best)
    {
        for (var i = 0; i < best.Length;)
        {
            var last = i;
            while (last + 1 < best.Length && best[last + 1].Policy == best[i].Policy) last++;
            yield return $"{best[i].Policy}{(i == 0 ? " has the best hit ratio" : "")} at {(last == i ? "" : $"{best[i].Bound.Beginning} to ")}{best[last].Bound}";
            i = last + 1;
        }
    }
}
