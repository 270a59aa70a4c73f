namespace Cistern.Cli;

/// <summary>Watches a run. Called in the order of the lookups, by one thread: it must be quick.</summary>
internal interface ILookupObserver
{
    /// <summary>Of how many lookups it is told the last; 1: of every one. A multiple of the least interval of those who watch the same run.</summary>
    long Interval { get; }

    /// <summary>A lookup was answered.</summary>
    /// <param name="number">Which, from 1.</param>
    /// <param name="isHit">Whether the backend had it.</param>
    /// <param name="missRate">Misses per lookup so far, 0 to 1, not rounded.</param>
    void LookupObserved(long number, bool isHit, double missRate);
}
