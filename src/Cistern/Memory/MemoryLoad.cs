namespace Cistern;

/// <summary>How much memory is in use, and how much there is: of the machine, or of the container.</summary>
/// <param name="UsedBytes">What is in use.</param>
/// <param name="AvailableBytes">What there is in all.</param>
/// <param name="Collections">How often the oldest generation was collected: what was let go of before, is not in use after the next time.</param>
internal readonly record struct MemoryLoad(long UsedBytes, long AvailableBytes, int Collections)
{
    /// <summary>
    /// As the runtime sees it: the heap against its limit, or the machine as it was at the last collection, whichever is the fuller. Of a machine there is so much in all that what
    /// the runtime takes for much in use (by default 90 %) is much here.
    /// </summary>
    public static MemoryLoad Read()
    {
        var info = GC.GetGCMemoryInfo(GCKind.Any);
        var collections = GC.CollectionCount(GC.MaxGeneration);
        var heap = new MemoryLoad(GC.GetTotalMemory(forceFullCollection: false), info.TotalAvailableMemoryBytes, collections);
        var machine = new MemoryLoad(info.MemoryLoadBytes, (long)(info.HighMemoryLoadThresholdBytes / MemoryPressure.HighShare), collections);
        return machine.Share > heap.Share ? machine : heap;
    }

    /// <summary>The part that is in use.</summary>
    public double Share => AvailableBytes <= 0 ? 0 : (double)UsedBytes / AvailableBytes;
}
