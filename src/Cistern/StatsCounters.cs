using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>
/// The counters of one backend. Each thread counts for itself, without an interlocked operation: that would have the processor wait for memory in one lookup before
/// it begins the next. Which thread it is, the page of the stack tells on which it counts: it is no other's while the thread lives, and to ask for what is a thread's
/// own takes a call. Resetting moves a baseline instead of writing zeroes, so that no concurrent count is lost or half reset.
/// </summary>
internal sealed unsafe class StatsCounters
{
    // Stacks are made of no smaller pages anywhere.
    private const int PageShift = 12;
    private const int RecentBits = 7;
    private const int RecentTallies = 1 << RecentBits;

    // So many pages at most have a tally of their own: threads come and go, but each counts on few pages.
    private const int MostTallies = 4096;

    // Of two pages for which there is one place, the other takes it once in so many times.
    private const int SeeksUntilTaken = 16;

    // Odd, so that each page has another product, which stands for it; its first bits tell the place.
    private const ulong Spread = 0x9E3779B97F4A7C15;

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

    private readonly ConcurrentDictionary<ulong, StatsTally> _tallies = new();
    private readonly StatsTally _shared = new(0);
    private readonly Lock _reset = new();
    private readonly StatsCounters? _wrapped;
    private Recent _recent;
    private int _tallyCount;
    private Totals _baseline;

    /// <summary>Creates counters at zero.</summary>
    /// <param name="wrapped">The counters of a wrapped backend, whose evictions and expirations count here too, from now on; null: none.</param>
    public StatsCounters(StatsCounters? wrapped = null)
    {
        ((Span<StatsTally>)_recent).Fill(_shared);
        _wrapped = wrapped;
        if (wrapped is not null) Reset();
    }

    /// <summary>Counts a hit, in as few instructions as can be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountHit() => CountHere(StatsCount.Hit, 1);

    public void CountLookup(bool hit)
    {
        if (hit) CountHit();
        else Count(StatsCount.Miss, 1);
    }

    public void Count(StatsCount what, long count) => CountHere(what, count);

    public Totals Read()
    {
        lock (_reset) return Sum() - _baseline;
    }

    public void Reset()
    {
        lock (_reset) _baseline = Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PageOf(void* here) => ((ulong)here >> PageShift) * Spread;

    // Without a look at how many there are: so many bits are left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref StatsTally RecentAt(ulong page) => ref Unsafe.Add(ref Unsafe.As<Recent, StatsTally>(ref _recent), (nuint)(page >> (64 - RecentBits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining), SkipLocalsInit]
    private void CountHere(StatsCount what, long count)
    {
        Unsafe.SkipInit(out byte here);
        var page = PageOf(&here);
        var tally = RecentAt(page);
        if (tally.Page == page) tally.Add(what, count);
        else CountElsewhere(page, what, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CountElsewhere(ulong page, StatsCount what, long count)
    {
        if (!_tallies.TryGetValue(page, out var tally))
        {
            if (Volatile.Read(ref _tallyCount) >= MostTallies)
            {
                _shared.AddAmongOthers(what, count);
                return;
            }

            tally = _tallies.GetOrAdd(page, static page => new StatsTally(page));
            Interlocked.Increment(ref _tallyCount);
        }

        ref var place = ref RecentAt(page);
        if (place == _shared || tally.Seek() % SeeksUntilTaken == 0) Volatile.Write(ref place, tally);
        tally.Add(what, count);
    }

    private Totals Sum()
    {
        var sum = _shared.Read();
        foreach (var tally in _tallies.Values) sum += tally.Read();
        var below = _wrapped?.Sum() ?? default;
        return sum with { Evictions = sum.Evictions + below.Evictions, Expirations = sum.Expirations + below.Expirations };
    }

    // By the first bits of their pages.
    [InlineArray(RecentTallies)]
    private struct Recent
    {
        private StatsTally _first;
    }
}
