namespace Cistern;

/// <summary>What a scan met.</summary>
internal enum FrameState
{
    /// <summary>A record as it was written.</summary>
    Sound,

    /// <summary>Something else, with a record behind it.</summary>
    Damaged,

    /// <summary>Something else, up to the end.</summary>
    Torn,

    /// <summary>Nothing: the file ends where a record may end.</summary>
    End,
}
