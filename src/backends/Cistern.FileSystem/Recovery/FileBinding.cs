namespace Cistern;

/// <summary>How a journal or a sidecar stands to the snapshot that is there.</summary>
internal enum FileBinding
{
    /// <summary>It is of another snapshot, or cannot be read, or is not there at all.</summary>
    Foreign,

    /// <summary>It is of this snapshot.</summary>
    Bound,

    /// <summary>Of a journal: this snapshot holds all that it says.</summary>
    Folded,

    /// <summary>It is of a snapshot that was to replace this one, and never took its place. What it says is in this one and its journal, too.</summary>
    Aborted,
}
