namespace Cistern;

/// <summary>What a shard knows of a segment beside its bytes.</summary>
internal struct SegmentInfo
{
    /// <summary>What it holds in memory beside its bytes, with the reference to them.</summary>
    public const int Bytes = 24 + 8;

    /// <summary>Where the next entry goes.</summary>
    public int End;

    public int LiveBytes;

    /// <summary>The neighbours in the log; -1: none. Of a number that is not in use: the next such.</summary>
    public int Older;

    public int Newer;

    public LogName Log;

    /// <summary>Whether an entry was written there that is read in place.</summary>
    public bool IsReadInPlace;
}
