using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>How many lookups of one thread hit and missed, written by that thread alone and read by any. A line of the processor's cache lies on either side.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal sealed class LookupTally(StatsCounters owner)
{
    [FieldOffset(64)]
    private long _hits;

    [FieldOffset(72)]
    private long _misses;

    /// <summary>Whose lookups are counted.</summary>
    [field: FieldOffset(0)]
    public StatsCounters Owner { get; } = owner;

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public void AddHit() => _hits++;

    public void Add(long hits, long misses)
    {
        _hits += hits;
        _misses += misses;
    }
}
