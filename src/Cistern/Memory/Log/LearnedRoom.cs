namespace Cistern;

/// <summary>
/// How many bytes of entries a shard has memory for, as it has learned. Memory comes back by the segment: were entries evicted only when none is to be had, as many would go
/// at once, the latest among them, which had no time to be used. So once memory was short, as many bytes go as come. Used under the shard's lock.
/// </summary>
/// <param name="segmentBytes">The bytes of a segment of full size.</param>
internal sealed class LearnedRoom(int segmentBytes)
{
    /// <summary>With so many segments to be had, there is no need to evict for one: what was learned is forgotten.</summary>
    public const int SegmentsToForget = 4;

    /// <summary>With so many, one is not needed: the log that is written to next will have the other.</summary>
    public const int SegmentsToRaise = 2;

    // It is raised and lowered by this part of a segment: by more, and it would go up and down with what is evicted in between.
    private const int StepPart = 8;

    // A shard that had to give everything back has learned nothing by it.
    private const int LeastSegments = 2;
    private const long Unknown = long.MaxValue;

    private long _bytes = Unknown;

    public bool IsKnown => _bytes != Unknown;

    /// <summary>Whether so many bytes of entries have memory.</summary>
    public bool Holds(long bytes) => bytes <= _bytes;

    /// <summary>Entries had to go for a segment: what is left is what there is memory for.</summary>
    public void Learn(long liveBytes) => _bytes = Math.Max(liveBytes, LeastSegments * (long)segmentBytes);

    /// <summary>There was no segment for what was to be kept: there is memory for less than is left.</summary>
    public void Lower(long liveBytes) => Learn(liveBytes - segmentBytes / StepPart);

    /// <summary>A segment was taken for which nothing had to go.</summary>
    /// <param name="availableSegments">How many more could be had.</param>
    public void Raise(long availableSegments)
    {
        if (IsKnown && availableSegments >= SegmentsToRaise) _bytes += segmentBytes / StepPart;
    }

    public void Forget() => _bytes = Unknown;
}
