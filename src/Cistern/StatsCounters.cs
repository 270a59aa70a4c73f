using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// The counters of one backend, striped so that threads rarely share a cache line: a counted lookup costs one uncontended
/// interlocked add. Resetting moves a baseline instead of writing zeroes, so that no concurrent count is lost or half reset.
/// </summary>
internal sealed class StatsCounters
{
    // Two lines apart: the adjacent-line prefetcher would otherwise couple neighbours.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Stripe
    {
        public long Hits, Misses, Sets, Deletes, Evictions, Expirations;
    }

    /// <summary>The sums at one moment.</summary>
    public readonly record struct Totals(long Hits, long Misses, long Sets, long Deletes, long Evictions, long Expirations);

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

    public void CountLookup(bool hit)
    {
        ref var mine = ref Mine;
        Interlocked.Increment(ref hit ? ref mine.Hits : ref mine.Misses);
    }

    public void CountLookups(long hits, long misses)
    {
        ref var mine = ref Mine;
        if (hits != 0) Interlocked.Add(ref mine.Hits, hits);
        if (misses != 0) Interlocked.Add(ref mine.Misses, misses);
    }

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

    private Totals Sum()
    {
        long hits = 0, misses = 0, sets = 0, deletes = 0, evictions = 0, expirations = 0;
        foreach (ref var stripe in _stripes.AsSpan())
        {
            hits += Volatile.Read(ref stripe.Hits);
            misses += Volatile.Read(ref stripe.Misses);
            sets += Volatile.Read(ref stripe.Sets);
            deletes += Volatile.Read(ref stripe.Deletes);
            evictions += Volatile.Read(ref stripe.Evictions);
            expirations += Volatile.Read(ref stripe.Expirations);
        }

        var below = _wrapped?.Sum() ?? default;
        return new Totals(hits, misses, sets, deletes, evictions + below.Evictions, expirations + below.Expirations);
    }
}
