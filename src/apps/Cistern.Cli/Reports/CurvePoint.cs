namespace Cistern.Cli;

/// <summary>One point of a miss rate curve: what happened since the point before it. Rates are 0 to 1.</summary>
/// <param name="Lookups">The lookups up to here, the last one included.</param>
/// <param name="Hits">The hits among them.</param>
/// <param name="Lowest">The lowest miss rate since the point before.</param>
/// <param name="Highest">The highest miss rate since the point before.</param>
/// <param name="Rate">The miss rate here.</param>
internal readonly record struct CurvePoint(long Lookups, long Hits, double Lowest, double Highest, double Rate)
{
    /// <summary>This point, its rate rounded as the figures of a run are if it is that of all lookups; a rate of a window is rounded already.</summary>
    public CurvePoint RoundAsFigures()
    {
        if (Rate != (double)(Lookups - Hits) / Lookups) return this;
        var rounded = new BackfillStats { Hits = Hits, Misses = Lookups - Hits }.MissRate;
        return Lowest == Highest ? new(Lookups, Hits, rounded, rounded, rounded) : this with { Rate = rounded };
    }

    /// <summary>This point and the one after it as one.</summary>
    public CurvePoint MergeWith(CurvePoint next) =>
        next with { Lowest = Math.Min(Lowest, next.Lowest), Highest = Math.Max(Highest, next.Highest) };
}
