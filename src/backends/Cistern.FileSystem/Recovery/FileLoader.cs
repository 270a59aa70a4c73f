using System.Text.Json;

namespace Cistern;

/// <summary>Reads what lies at a path into a table, decides what of it belongs together, and changes nothing.</summary>
internal sealed class FileLoader(FilePaths paths, FileBackendOptions options, RecoveredEntries table, long now)
{
    private readonly FindingList _findings = new();

    /// <param name="last">The last record of the journal to do.</param>
    /// <exception cref="CacheBackendException">What is there is no cache, or larger than is to be loaded.</exception>
    public LoadedFile Load(ulong last = ulong.MaxValue)
    {
        // The journals first: a writer that folds meanwhile then leaves them unbound, which shows, and not half applied, which would not.
        var journal = JournalContent.Read(paths.Journal, ReadOwn(paths.Journal, options.MaxFileBytes));
        var nextJournal = JournalContent.Read(paths.NextJournal, ReadOwn(paths.NextJournal, options.MaxFileBytes));
        var sidecarBytes = ReadOwn(paths.Sidecar, Array.MaxLength);
        var nextSidecarBytes = ReadOwn(paths.NextSidecar, Array.MaxLength);
        var snapshot = FileContent.Read(paths.Snapshot, options.MaxFileBytes);
        var identity = snapshot is null ? SnapshotIdentity.None : SnapshotIdentity.Of(snapshot);

        // What was written for a snapshot that never took its place does not count, and is no fault.
        var nextBinding = BindingOf(FileHeader.Read(nextSidecarBytes, FileKind.Sidecar, out _), identity);
        var sidecar = SidecarFile.Read(paths.Sidecar, sidecarBytes, _findings);
        var nextSidecar = nextBinding == FileBinding.Aborted ? null : SidecarFile.Read(paths.NextSidecar, nextSidecarBytes, _findings);
        var loaded = new LoadedFile { Findings = _findings, Snapshot = identity };
        var bound = nextBinding == FileBinding.Bound ? nextSidecar
            : BindingOf(sidecar?.Header, identity) == FileBinding.Bound ? sidecar
            : null;

        // Before the entries: one that was added by hand is newer than the deletion that the sidecar knows.
        foreach (var tombstone in (bound ?? nextSidecar ?? sidecar)?.Tombstones ?? []) table.Bury(tombstone);
        LoadSnapshot(loaded, snapshot, bound, nextSidecar ?? sidecar);
        loaded.Sequence = bound?.Header?.Sequence ?? 0;
        loaded.HasSidecar = bound is not null;
        if (nextBinding == FileBinding.Bound) loaded.Repairs.Add(new() { Path = paths.NextSidecar, NewPath = paths.Sidecar });
        else if (nextSidecarBytes is not null) loaded.Repairs.Add(new() { Path = paths.NextSidecar });
        LoadJournals(loaded, journal, nextJournal, bound?.Header, last);
        return loaded;
    }

    private static FileBinding BindingOf(FileHeader? header, SnapshotIdentity identity)
    {
        if (header?.Snapshot == identity) return FileBinding.Bound;
        return header?.Replaces == identity ? FileBinding.Aborted : FileBinding.Foreign;
    }

    private void LoadSnapshot(LoadedFile loaded, byte[]? snapshot, SidecarFile? bound, SidecarFile? other)
    {
        if (snapshot is null)
        {
            if (other is not { Places.Count: > 0 }) return;
            _findings.Add(paths.Snapshot, $"It is gone, with the {other.Places.Count} entries that its sidecar knows.");
            return;
        }

        var load = new SnapshotLoad(paths.Snapshot, snapshot, bound ?? other, table, _findings, now);
        if (bound is null && other is not null)
        {
            loaded.IsMismatched = true;
            loaded.Repairs.Add(new() { Path = paths.Kept("damaged"), Content = snapshot });
            _findings.Add(paths.Snapshot, Mismatch(other));
            if (options.ForeignEdits != ForeignEdits.Accept || !load.IsJson())
            {
                load.TakeVerified();
                return;
            }
        }

        try
        {
            load.TakeAll();
        }
        catch (JsonException fault)
        {
            throw new CacheBackendException($"{paths.Snapshot} is not a cache: it is no JSON object ({SnapshotLoad.Place(fault)}). It is left as it is.", fault);
        }

        if (!_findings.IsEmpty && bound is null && other is null) loaded.Repairs.Add(new() { Path = paths.Kept("damaged"), Content = snapshot });
    }

    private string Mismatch(SidecarFile sidecar) => sidecar switch
    {
        { IsOfAnotherVersion: true } => "Its sidecar is of a version that is not known here, so that no entry can be checked. A copy of the file is kept when it is written anew.",
        { Header: null } => "Its sidecar cannot be read, so that no entry can be checked. A copy of the file is kept when it is written anew.",
        _ when options.ForeignEdits == ForeignEdits.Accept => "It is not what its sidecar says: something else wrote it. It is taken over as it is.",
        _ => "It is not what its sidecar says: it was edited or damaged. Entries whose checksum holds are kept; a copy of the file is kept when it is written anew.",
    };

    private void LoadJournals(LoadedFile loaded, JournalContent? journal, JournalContent? next, FileHeader? sidecar, ulong last)
    {
        var isFolded = journal?.Header is { } header && header.Id == sidecar?.FoldedJournal;
        switch (isFolded ? FileBinding.Folded : BindingOf(journal?.Header, loaded.Snapshot), BindingOf(next?.Header, loaded.Snapshot))
        {
            // A fold whose last renames did not happen: the next journal is the one to go on from, and the other one is in the snapshot.
            case (_, FileBinding.Bound):
                Drop(loaded, journal);
                loaded.Repairs.Add(new() { Path = paths.NextJournal, NewPath = paths.Journal });
                Replay(loaded, next!, last);
                break;

            // No fold, or one that did not take place.
            case (FileBinding.Bound, _):
                Drop(loaded, next);
                Replay(loaded, journal!, last);
                break;

            // Neither goes on from here. A fold may have happened between two of the readings: its own journal is then there at the next.
            case var (binding, nextBinding):
                loaded.IsUnsettled |= journal is not null;
                if (binding == FileBinding.Folded) Drop(loaded, journal);
                else SetAside(loaded, journal);
                if (nextBinding == FileBinding.Aborted) Drop(loaded, next);
                else SetAside(loaded, next);
                break;
        }
    }

    private static void Drop(LoadedFile loaded, JournalContent? journal)
    {
        if (journal is not null) loaded.Repairs.Add(new() { Path = journal.Path });
    }

    private void Replay(LoadedFile loaded, JournalContent journal, ulong last)
    {
        if (journal.HeaderState == HeaderState.HalfDamaged) _findings.Add(journal.Path, "One copy of the journal's header is damaged; the other one is used.");
        var replay = new JournalReplay(journal, table, _findings);
        replay.Run(last);
        loaded.Journal = journal;
        loaded.Sequence = replay.Sequence;
        loaded.Cut = replay.CutFinding;
        if (replay.CutAt is { } cut) loaded.Repairs.Add(new() { Path = paths.Kept("tail"), Content = journal.Bytes.AsMemory(cut) });
    }

    private void SetAside(LoadedFile loaded, JournalContent? journal)
    {
        if (journal is null) return;
        loaded.IsUnsettled = true;
        loaded.Repairs.Add(new() { Path = journal.Path, NewPath = paths.Kept("journal") });
        _findings.Add(journal.Path, journal switch
        {
            { HeaderState: HeaderState.OtherVersion } => "The journal is of a version that is not known here. It is set aside.",
            { Header: null } => "The journal's beginning cannot be read, so that nothing of it can. It is set aside.",
            _ => "The journal belongs to another snapshot than the one that is here. It is set aside.",
        });
    }

    private byte[]? ReadOwn(string path, long maxBytes)
    {
        if (new FileInfo(path).LinkTarget is null) return FileContent.Read(path, maxBytes);
        _findings.Add(path, "It is a symbolic link, which is not followed here.");
        return null;
    }
}
