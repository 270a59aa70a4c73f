namespace Cistern.Cli;

/// <summary>Watches a run lookup by lookup. Called for each, in order, by one thread: it must be quick.</summary>
internal interface ILookupObserver
{
    /// <summary>A lookup was answered.</summary>
    /// <param name="number">Which, from 1.</param>
    /// <param name="isHit">Whether the backend had it.</param>
    /// <param name="missRate">Misses per lookup so far, 0 to 1, not rounded.</param>
    void LookupObserved(long number, bool isHit, double missRate);
}
