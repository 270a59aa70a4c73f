namespace Cistern.Cli;

/// <summary>How many replays there is memory for, side by side: their backends hold what a cache would hold, values included.</summary>
internal static class ReplayRoom
{
    // Keys and structures around a value, as far as a guess goes.
    private const long EntryBytes = 128;

    /// <summary>How many may run at once: at least one, at most one for each processor.</summary>
    /// <param name="log">The log.</param>
    /// <param name="bounds">The bounds.</param>
    /// <param name="availableBytes">How much memory there is; null: what is left to this process.</param>
    /// <exception cref="BadInputException">There is not enough for one of them.</exception>
    public static int Find(ReplayLog log, IReadOnlyList<ReplayBound> bounds, long? availableBytes = null)
    {
        var available = availableBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetTotalMemory(forceFullCollection: false);
        var largest = bounds.MaxBy(bound => Estimate(log, bound))!;
        var most = Math.Max(1, Estimate(log, largest));
        if (most > available) throw new BadInputException($"with {largest} the cache would hold about {ReplayFormat.Bytes(most)}, and {ReplayFormat.Bytes(Math.Max(0, available))} of memory are available; give a smaller --capacity, --max-size or --max-memory");
        return (int)Math.Clamp(available / most, 1, Environment.ProcessorCount);
    }

    private static long Estimate(ReplayLog log, ReplayBound bound)
    {
        var all = log.FootprintBytes + (EntryBytes * log.Keys.Length);
        return bound.Measure switch
        {
            ReplayMeasure.Capacity => (long)(all * Math.Min(1, (double)bound.Amount / log.Keys.Length)),
            ReplayMeasure.MaxSize => (long)(all * Math.Min(1, (double)bound.Amount / Math.Max(1, log.FootprintBytes))),
            _ => Math.Min(all, bound.Amount),
        };
    }
}
