namespace Cistern;

/// <summary>How a header was found.</summary>
internal enum HeaderState
{
    /// <summary>Both copies say the same.</summary>
    Sound,

    /// <summary>One copy is damaged; the other says it all.</summary>
    HalfDamaged,

    /// <summary>It is of a version that is not known here, as far as can be told.</summary>
    OtherVersion,

    /// <summary>It cannot be read.</summary>
    Unreadable,
}
