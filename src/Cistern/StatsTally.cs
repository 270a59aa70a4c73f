using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>What was counted on one page of a stack, written by the one thread alone whose stack it is, and read by any. A line of the processor's cache lies on either side.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal sealed class StatsTally(ulong page)
{
    private const int Counts = (int)StatsCount.Expiration + 1;

    [FieldOffset(64)]
    private Numbers _counts;

    [FieldOffset(8)]
    private int _seeks;

    /// <summary>The page; 0: none.</summary>
    [field: FieldOffset(0)]
    public ulong Page { get; } = page;

    public void Add(StatsCount what, long count) => _counts[(int)what] += count;

    /// <summary>Counts where others may count at the same time.</summary>
    public void AddAmongOthers(StatsCount what, long count) => Interlocked.Add(ref _counts[(int)what], count);

    /// <summary>How often it has been looked for elsewhere than in its place, this time included.</summary>
    public int Seek() => ++_seeks;

    public StatsCounters.Totals Read() => new(Of(StatsCount.Hit), Of(StatsCount.Miss), Of(StatsCount.Set), Of(StatsCount.Delete), Of(StatsCount.Eviction), Of(StatsCount.Expiration));

    private long Of(StatsCount what) => Volatile.Read(ref _counts[(int)what]);

    [InlineArray(Counts)]
    private struct Numbers
    {
        private long _first;
    }
}
