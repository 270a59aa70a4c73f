namespace Cistern;

/// <summary>What a connection is wanted for: a small call does not stand behind a large answer.</summary>
internal enum ConnectionUse
{
    /// <summary>One entry.</summary>
    Call,

    /// <summary>Many entries, or one that is large.</summary>
    Batch,
}
