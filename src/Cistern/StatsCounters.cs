using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>
/// The counters of one backend. Each thread counts for itself, without an interlocked operation: that would have the processor wait for memory in one lookup before
/// it begins the next. Resetting moves a baseline instead of writing zeroes, so that no concurrent count is lost or half reset.
/// </summary>
internal sealed class StatsCounters
{
    private const int RecentTallies = 8;

    /// <summary>The sums at one moment.</summary>
    public readonly record struct Totals(long Hits, long Misses, long Sets, long Deletes, long Evictions, long Expirations)
    {
        public static Totals operator +(Totals one, Totals other) => new(
            one.Hits + other.Hits, one.Misses + other.Misses, one.Sets + other.Sets,
            one.Deletes + other.Deletes, one.Evictions + other.Evictions, one.Expirations + other.Expirations);

        public static Totals operator -(Totals one, Totals other) => new(
            one.Hits - other.Hits, one.Misses - other.Misses, one.Sets - other.Sets,
            one.Deletes - other.Deletes, one.Evictions - other.Evictions, one.Expirations - other.Expirations);
    }

    // The tally that a thread used last, and others by the numbers of their owners.
    [ThreadStatic]
    private static StatsTally? _last;

    [ThreadStatic]
    private static StatsTally?[]? _recent;

    private static int _created;

    private readonly int _number = Interlocked.Increment(ref _created) & (RecentTallies - 1);

    // By the number of the thread. A number is given to a new thread only when its thread is gone: a tally has one writer.
    private readonly ConcurrentDictionary<int, StatsTally> _tallies = new();
    private readonly Lock _reset = new();
    private readonly StatsCounters? _wrapped;
    private Totals _baseline;

    /// <summary>Creates counters at zero.</summary>
    /// <param name="wrapped">The counters of a wrapped backend, whose evictions and expirations count here too, from now on; null: none.</param>
    public StatsCounters(StatsCounters? wrapped = null)
    {
        _wrapped = wrapped;
        if (wrapped is not null) Reset();
    }

    private StatsTally Mine
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _last is { } tally && tally.Owner == this ? tally : FindTally();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountLookup(bool hit)
    {
        if (hit) Mine.AddHit();
        else Mine.AddLookups(0, 1);
    }

    public void CountLookups(long hits, long misses) => Mine.AddLookups(hits, misses);

    public void CountSets(long stored) => Mine.AddSets(stored);

    public void CountDeletes(long deleted) => Mine.AddDeletes(deleted);

    public void CountEvictions(long evicted) => Mine.AddEvictions(evicted);

    public void CountExpirations(long expired) => Mine.AddExpirations(expired);

    public Totals Read()
    {
        lock (_reset) return Sum() - _baseline;
    }

    public void Reset()
    {
        lock (_reset) _baseline = Sum();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private StatsTally FindTally()
    {
        var recent = _recent ??= new StatsTally?[RecentTallies];
        if (recent[_number] is not { } tally || tally.Owner != this)
        {
            tally = _tallies.GetOrAdd(Environment.CurrentManagedThreadId, static (_, owner) => new StatsTally(owner), this);
            recent[_number] = tally;
        }

        return _last = tally;
    }

    private Totals Sum()
    {
        var sum = default(Totals);
        foreach (var tally in _tallies.Values) sum += tally.Read();
        var below = _wrapped?.Sum() ?? default;
        return sum with { Evictions = sum.Evictions + below.Evictions, Expirations = sum.Expirations + below.Expirations };
    }
}
