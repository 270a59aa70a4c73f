namespace Cistern;

/// <summary>Decides when the bytes of entries that are gone have become too many, and which segment is to be written anew. Used under the shard's lock.</summary>
internal sealed class DeadSpace(Segments segments, SegmentLog small, SegmentLog main, int segmentBytes)
{
    // Dead bytes beyond this part of the live ones are collected, if they are more than some segments, than many bytes, or than a part of all: the least of these.
    private const int DeadShare = 4;
    private const int DeadSegments = 4;
    private const int ManyDeadBytes = 256 * 1024;
    private const int ManyDeadShare = 8;

    // What would be copied for less is not worth it.
    private const double MostLive = 0.75;

    /// <summary>The segment with the fewest live bytes; -1: it is not time for it.</summary>
    public int FindEmptiest()
    {
        var live = small.LiveBytes + main.LiveBytes;
        if (segments.HeldBytes - segments.SpareBytes - live <= Math.Max(live / DeadShare, Math.Min(DeadSegments * segmentBytes, Math.Min(ManyDeadBytes, segments.HeldBytes / ManyDeadShare)))) return SegmentLog.None;
        var (emptiest, share) = FindEmptiest(small);
        var (other, otherShare) = FindEmptiest(main);
        if (otherShare < share) (emptiest, share) = (other, otherShare);
        return share < MostLive ? emptiest : SegmentLog.None;
    }

    // What is being written will be full, and what is being looked through will be free.
    private (int Segment, double Share) FindEmptiest(SegmentLog log)
    {
        var (emptiest, share) = (SegmentLog.None, 1.0);
        for (var segment = log.Tail; segment != SegmentLog.None; segment = segments[segment].Newer)
        {
            var live = (double)segments[segment].LiveBytes / segments.BytesOf(segment).Length;
            if (segment != log.Head && live < share && (segment != log.Tail || log.TailOffset == 0)) (emptiest, share) = (segment, live);
        }

        return (emptiest, share);
    }
}
