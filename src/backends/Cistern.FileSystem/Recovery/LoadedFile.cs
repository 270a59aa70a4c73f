namespace Cistern;

/// <summary>What was found at a path, beside the entries themselves.</summary>
internal sealed class LoadedFile
{
    public required FindingList Findings { get; init; }

    /// <summary>The snapshot that is there.</summary>
    public required SnapshotIdentity Snapshot { get; init; }

    /// <summary>The number of the last record that counts.</summary>
    public ulong Sequence { get; set; }

    /// <summary>The journal that was done again; null: there was none.</summary>
    public JournalContent? Journal { get; set; }

    /// <summary>Whether the snapshot is not what its sidecar says, or a part of it is lost.</summary>
    public bool IsMismatched { get; set; }

    /// <summary>Whether there is a journal that does not belong to the snapshot, as there is for a moment while another process folds.</summary>
    public bool IsUnsettled { get; set; }

    /// <summary>The finding that the journal's end is no whole record, as it is for a moment while another process appends; null: it is whole.</summary>
    public BackendFinding? Cut { get; set; }

    /// <summary>Whether the sidecar is there and says what the snapshot is, so that a new journal can begin after it.</summary>
    public bool HasSidecar { get; set; }

    /// <summary>What is to be done before anything new is written.</summary>
    public List<Repair> Repairs { get; } = [];
}
