namespace Cistern;

/// <summary>What a change does, once it is known what is there.</summary>
internal enum ChangeKind
{
    /// <summary>Nothing.</summary>
    Leave,

    /// <summary>Stores an entry or a tombstone in its place.</summary>
    Store,

    /// <summary>Takes it away.</summary>
    Remove,
}
