namespace Cistern.Cli;

/// <summary>One point of a miss rate curve: what happened since the point before it. Rates are 0 to 1.</summary>
/// <param name="Lookups">The lookups up to here, the last one included.</param>
/// <param name="Hits">The hits among them.</param>
/// <param name="Lowest">The lowest miss rate since the point before.</param>
/// <param name="Highest">The highest miss rate since the point before.</param>
/// <param name="Rate">The miss rate here.</param>
internal readonly record struct CurvePoint(long Lookups, long Hits, double Lowest, double Highest, double Rate)
{
    /// <summary>This point and the one after it as one.</summary>
    public CurvePoint MergeWith(CurvePoint next) =>
        next with { Lowest = Math.Min(Lowest, next.Lowest), Highest = Math.Max(Highest, next.Highest) };
}
