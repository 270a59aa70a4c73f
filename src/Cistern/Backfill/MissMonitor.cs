namespace Cistern;

/// <summary>
/// Counts lookups, in all and inside the window in which decisions are made. Not safe for concurrent use: <see cref="BackfillGate"/> owns
/// it and its lock.
/// </summary>
internal sealed class MissMonitor(MissWindow window)
{
    private readonly LookupWindow _window = LookupWindow.Create(window);

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    public long SourceMisses { get; private set; }

    public long Lookups => Hits + Misses;

    /// <summary>The lookups inside the window.</summary>
    public LookupCounts InWindow => _window.Counts;

    /// <summary>Counts one lookup; returns its place in the window.</summary>
    public long Record(LookupKind kind, long now)
    {
        if (kind == LookupKind.Hit) Hits++;
        else Misses++;
        return _window.Add(Lookups, kind, now);
    }

    /// <summary>Whether hits may be counted late, many at once, by <see cref="RecordHits"/>.</summary>
    public bool TakesHitsLate => _window.TakesHitsLate;

    /// <summary>Counts hits that came before the next lookup that is recorded.</summary>
    public void RecordHits(long count)
    {
        Hits += count;
        _window.AddHits(count);
    }

    /// <summary>Notes that a miss ended at the source, which does not have its key either.</summary>
    /// <param name="place">What <see cref="Record"/> returned; null if it was recorded as the miss of an absent key at once.</param>
    public void RecordSourceMiss(long? place)
    {
        SourceMisses++;
        if (place is { } recorded) _window.MarkAbsent(recorded);
    }
}
