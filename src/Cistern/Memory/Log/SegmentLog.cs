namespace Cistern;

/// <summary>One log of a shard: segments from the oldest to the newest, and the one that is being written. Used under the shard's lock.</summary>
internal sealed class SegmentLog(Segments segments, LogName name)
{
    public const int None = -1;

    private int _newest = None;

    /// <summary>The segment that is being written; -1: none.</summary>
    public int Head { get; private set; } = None;

    /// <summary>The oldest segment; -1: none.</summary>
    public int Tail { get; private set; } = None;

    /// <summary>Where the oldest entry begins that has not been looked at, in the oldest segment.</summary>
    public int TailOffset { get; set; }

    /// <summary>The bytes of entries that count.</summary>
    public long LiveBytes { get; set; }

    /// <summary>Whether an entry of some bytes fits behind the last one.</summary>
    public bool HasRoom(int bytes) => Head != None && segments.BytesOf(Head).Length - segments[Head].End >= bytes;

    /// <summary>Goes on in a new segment.</summary>
    public void Begin(int segment)
    {
        Add(segment);
        Head = segment;
    }

    /// <summary>Takes in a segment as the newest, without leaving the one that is being written.</summary>
    public void Add(int segment)
    {
        segments[segment].Log = name;
        segments[segment].Older = _newest;
        segments[segment].Newer = None;
        if (_newest == None) (Tail, TailOffset) = (segment, 0);
        else segments[_newest].Newer = segment;
        _newest = segment;
    }

    /// <summary>Lets go of a segment, which is not the log's any more.</summary>
    public void Unlink(int segment)
    {
        var (older, newer) = (segments[segment].Older, segments[segment].Newer);
        if (older == None) (Tail, TailOffset) = (newer, 0);
        else segments[older].Newer = newer;
        if (newer == None) _newest = older;
        else segments[newer].Older = older;
        if (Head == segment) Head = None;
    }

    public void Clear() => (_newest, Head, Tail, TailOffset, LiveBytes) = (None, None, None, 0, 0);
}
