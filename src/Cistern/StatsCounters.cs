using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// The counters of one backend. Lookups are counted by each thread for itself, without an interlocked operation: that would have the processor
/// wait for memory in one lookup before it begins the next. All else is striped, so that threads rarely share a cache line. Resetting moves a
/// baseline instead of writing zeroes, so that no concurrent count is lost or half reset.
/// </summary>
internal sealed class StatsCounters
{
    private const int RecentTallies = 8;

    // Two lines apart: the adjacent-line prefetcher would otherwise couple neighbours.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Stripe
    {
        public long Sets, Deletes, Evictions, Expirations;
    }

    /// <summary>The sums at one moment.</summary>
    public readonly record struct Totals(long Hits, long Misses, long Sets, long Deletes, long Evictions, long Expirations);

    // The tally that a thread used last, and others by the numbers of their owners.
    [ThreadStatic]
    private static LookupTally? _last;

    [ThreadStatic]
    private static LookupTally?[]? _recent;

    private static int _created;

    private readonly int _number = Interlocked.Increment(ref _created) & (RecentTallies - 1);

    // By the number of the thread. A number is given to a new thread only when its thread is gone: a tally has one writer.
    private readonly ConcurrentDictionary<int, LookupTally> _tallies = new();
    private readonly Stripe[] _stripes = new Stripe[StripeCount];
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

    private static int StripeCount { get; } = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount * 4, 8, 128));

    private ref Stripe Mine => ref _stripes[Environment.CurrentManagedThreadId & (_stripes.Length - 1)];

    private LookupTally MyTally
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _last is { } tally && tally.Owner == this ? tally : FindTally();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountLookup(bool hit)
    {
        if (hit) MyTally.AddHit();
        else MyTally.Add(0, 1);
    }

    public void CountLookups(long hits, long misses) => MyTally.Add(hits, misses);

    public void CountSets(long stored) => Interlocked.Add(ref Mine.Sets, stored);

    public void CountDeletes(long deleted) => Interlocked.Add(ref Mine.Deletes, deleted);

    public void CountEvictions(long evicted) => Interlocked.Add(ref Mine.Evictions, evicted);

    public void CountExpirations(long expired) => Interlocked.Add(ref Mine.Expirations, expired);

    public Totals Read()
    {
        lock (_reset)
        {
            var sum = Sum();
            return new Totals(
                sum.Hits - _baseline.Hits, sum.Misses - _baseline.Misses, sum.Sets - _baseline.Sets,
                sum.Deletes - _baseline.Deletes, sum.Evictions - _baseline.Evictions, sum.Expirations - _baseline.Expirations);
        }
    }

    public void Reset()
    {
        lock (_reset) _baseline = Sum();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LookupTally FindTally()
    {
        var recent = _recent ??= new LookupTally?[RecentTallies];
        if (recent[_number] is not { } tally || tally.Owner != this)
        {
            tally = _tallies.GetOrAdd(Environment.CurrentManagedThreadId, static (_, owner) => new LookupTally(owner), this);
            recent[_number] = tally;
        }

        return _last = tally;
    }

    private Totals Sum()
    {
        long hits = 0, misses = 0, sets = 0, deletes = 0, evictions = 0, expirations = 0;
        foreach (ref var stripe in _stripes.AsSpan())
        {
            sets += Volatile.Read(ref stripe.Sets);
            deletes += Volatile.Read(ref stripe.Deletes);
            evictions += Volatile.Read(ref stripe.Evictions);
            expirations += Volatile.Read(ref stripe.Expirations);
        }

        foreach (var tally in _tallies.Values)
        {
            hits += tally.Hits;
            misses += tally.Misses;
        }

        var below = _wrapped?.Sum() ?? default;
        return new Totals(hits, misses, sets, deletes, evictions + below.Evictions, expirations + below.Expirations);
    }
}
