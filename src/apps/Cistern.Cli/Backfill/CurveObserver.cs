namespace Cistern.Cli;

/// <summary>Feeds the curve of the report with the rate by which backfills are decided.</summary>
internal sealed class CurveObserver(MissRateCurve curve, BackfillingCache cache, BackfillSettings settings) : ILookupObserver
{
    // Over all lookups, both rates are one, and the caller has it.
    private readonly bool _isCumulative = settings.Window == MissWindow.Cumulative && !settings.ExcludeSourceMisses;

    /// <inheritdoc/>
    public long Interval => 1;

    /// <inheritdoc/>
    public void LookupObserved(long number, bool isHit, double missRate) => curve.Observe(isHit, _isCumulative ? missRate : cache.Stats.WindowMissRate);
}
