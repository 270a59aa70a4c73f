namespace Cistern;

/// <summary>
/// How many bytes of entries a shard has memory for, as it has learned. Memory comes back by the segment: were entries evicted only when none is to be had, as many would go
/// at once, the latest among them, which had no time to be used. So once memory was short, as many bytes go as come. Used under the shard's lock.
/// </summary>
/// <param name="segmentBytes">The bytes of a segment of full size.</param>
internal sealed class LearnedRoom(int segmentBytes)
{
    /// <summary>While so many more segments could be had there is no need to evict: nothing is known.</summary>
    public const int ManySegments = 4;

    /// <summary>So many more segments are one that is not needed: the log that is written to next will have the other.</summary>
    public const int SomeSegments = 2;

    // It is raised and lowered by this part of a segment: by more, and it would go up and down with what is evicted in between.
    private const int StepPart = 8;
    private const long Unknown = long.MaxValue;

    private long _bytes = Unknown;

    public bool IsKnown => _bytes != Unknown;

    /// <summary>Whether so many bytes of entries have memory.</summary>
    public bool Holds(long bytes) => bytes <= _bytes;

    /// <summary>Entries had to go for a segment: what is left is what there is memory for.</summary>
    public void Learn(long liveBytes) => _bytes = liveBytes;

    /// <summary>There was no segment for what was to be kept: there is memory for less than is left.</summary>
    public void Lower(long liveBytes) => _bytes = liveBytes - segmentBytes / StepPart;

    /// <summary>A segment was taken for which nothing had to go.</summary>
    /// <param name="more">How many more could be had.</param>
    public void Raise(long more)
    {
        if (more >= ManySegments) Forget();
        else if (more >= SomeSegments && IsKnown) _bytes += segmentBytes / StepPart;
    }

    public void Forget() => _bytes = Unknown;
}
