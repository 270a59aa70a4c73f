namespace Cistern;

/// <summary>How much of a batch set or delete happens at once, as other callers see it.</summary>
public enum BatchAtomicity
{
    /// <summary>Each entry for itself.</summary>
    Entry,

    /// <summary>All entries of one part of the backend (a shard, a hash slot) at once, the parts one after another.</summary>
    Part,

    /// <summary>The whole batch, or nothing of it.</summary>
    Batch,
}
