using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>What one thread has counted, written by that thread alone and read by any. A line of the processor's cache lies on either side.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal sealed class StatsTally(StatsCounters owner)
{
    [FieldOffset(64)]
    private long _hits;

    [FieldOffset(72)]
    private long _misses;

    [FieldOffset(80)]
    private long _sets;

    [FieldOffset(88)]
    private long _deletes;

    [FieldOffset(96)]
    private long _evictions;

    [FieldOffset(104)]
    private long _expirations;

    /// <summary>Whose counters it is a part of.</summary>
    [field: FieldOffset(0)]
    public StatsCounters Owner { get; } = owner;

    public void AddHit() => _hits++;

    public void AddLookups(long hits, long misses)
    {
        _hits += hits;
        _misses += misses;
    }

    public void AddSets(long stored) => _sets += stored;

    public void AddDeletes(long deleted) => _deletes += deleted;

    public void AddEvictions(long evicted) => _evictions += evicted;

    public void AddExpirations(long expired) => _expirations += expired;

    public StatsCounters.Totals Read() => new(
        Volatile.Read(ref _hits), Volatile.Read(ref _misses), Volatile.Read(ref _sets), Volatile.Read(ref _deletes), Volatile.Read(ref _evictions), Volatile.Read(ref _expirations));
}
