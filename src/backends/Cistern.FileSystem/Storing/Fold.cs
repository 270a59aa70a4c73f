using System.Buffers;
using System.Text.Json;

namespace Cistern;

/// <summary>
/// A new snapshot on its way. Everything that belongs to it is written and synced under other names first; renaming the snapshot itself is
/// the one step that counts. Before it, the old snapshot and its journal hold everything; after it, the new ones do.
/// </summary>
internal sealed class Fold(FilePaths paths, IFileCalls calls, SnapshotIdentity replaces, UInt128 foldedJournal) : IDisposable
{
    private readonly string _snapshot = paths.Temporary();
    private readonly string _sidecar = paths.Temporary();
    private readonly string _journal = paths.Temporary();
    private readonly List<string> _made = [];

    /// <summary>The new snapshot, once it is written.</summary>
    public SnapshotIdentity Identity { get; private set; }

    /// <summary>The journal that goes on after the new snapshot; null: none.</summary>
    public JournalFile? Journal { get; private set; }

    /// <summary>Whether the new snapshot has taken the old one's place.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>What is left to do once the new snapshot is in its place. Until it is done, the names are found as they are.</summary>
    public IReadOnlyList<Repair> Remaining =>
    [
        new() { Path = paths.NextSidecar, NewPath = paths.Sidecar },
        Journal is null ? new() { Path = paths.Journal } : new() { Path = paths.NextJournal, NewPath = paths.Journal },
    ];

    public void Write(IReadOnlyList<KeptEntry> entries, IReadOnlyList<KeptTombstone> tombstones, ulong sequence, long maxFileBytes)
    {
        _made.Add(_sidecar);
        using var output = new FileOutput(calls, _sidecar);
        var header = new FileHeader { Kind = FileKind.Sidecar, Snapshot = SnapshotIdentity.None, Replaces = replaces, Sequence = sequence, FoldedJournal = foldedJournal };
        var sidecar = new SidecarWriter(output, header);
        WriteSnapshot(entries, sidecar, maxFileBytes);
        sidecar.Finish(tombstones, Identity);
        if (output.Length > Array.MaxLength) throw new CacheBackendException($"The sidecar would have more than {Array.MaxLength} bytes: {entries.Count} entries are too many for one file.");
        output.Sync();
    }

    /// <summary>Starts the journal of the new snapshot.</summary>
    /// <param name="sequence">The number of the last record that the snapshot holds.</param>
    /// <param name="salt">The salt of the journal whose end is to be copied, so that its records stay as they are.</param>
    public JournalFile StartJournal(ulong sequence, uint salt)
    {
        _made.Add(_journal);
        Journal = JournalFile.Create(calls, _journal, new FileHeader { Kind = FileKind.Journal, Snapshot = Identity, Replaces = replaces, Sequence = sequence, Salt = salt });
        return Journal;
    }

    /// <summary>Gives everything but the snapshot itself the name by which recovery finds it. The folder is to be synced then.</summary>
    public void Prepare()
    {
        // Without a journal of its own, one that an earlier attempt left must not be taken for it.
        if (Journal is null)
        {
            calls.Delete(paths.NextJournal);
        }
        else
        {
            Journal.Sync();
            Rename(_journal, paths.NextJournal);
        }

        Rename(_sidecar, paths.NextSidecar);
    }

    /// <summary>Puts the new snapshot in the place of the old one. Fails only before that.</summary>
    public void Commit()
    {
        try
        {
            calls.Rename(_snapshot, paths.Snapshot);
        }
        catch (IOException) when (!File.Exists(_snapshot))
        {
            // It was reported as failed, and has happened: the name is gone.
        }

        IsCommitted = true;
    }

    /// <summary>Deletes what was made, unless it counts.</summary>
    public void Dispose()
    {
        if (IsCommitted) return;
        Journal?.Dispose();
        foreach (var path in _made.Append(_snapshot)) calls.TryDelete(path);
    }

    private void Rename(string from, string to)
    {
        calls.Rename(from, to);
        _made.Add(to);
    }

    private void WriteSnapshot(IReadOnlyList<KeptEntry> entries, SidecarWriter sidecar, long maxFileBytes)
    {
        using var output = new FileOutput(calls, _snapshot);
        using var json = new Utf8JsonWriter(output.Buffer, EntryJson.WriterOptions);
        var checksums = new RecordBuffer();
        output.Buffer.Write("{"u8);
        for (var i = 0; i < entries.Count; i++)
        {
            var (key, state) = entries[i];
            output.Buffer.Write(i == 0 ? "\n"u8 : ",\n"u8);
            var offset = output.Length;
            json.Reset();
            json.WriteStringValue(key);
            json.Flush();
            output.Buffer.Write(": "u8);
            json.Reset();
            EntryJson.Write(json, state);
            json.Flush();
            sidecar.Add(key, new SnapshotPlace(offset, output.Length - offset, state.CreatedAt, checksums.ChecksumOf(key, state)));
            output.FlushIfLarge();
            if (output.Length > maxFileBytes) throw new CacheBackendException($"The snapshot would have more than the {maxFileBytes} bytes of {nameof(FileBackendOptions.MaxFileBytes)}: raise it, or bound the backend below it.");
        }

        output.Buffer.Write("\n}\n"u8);
        Identity = output.Identity();
        if (Identity == replaces)
        {
            // The same entries as before: one more line end tells the new snapshot from the old one.
            output.Buffer.Write("\n"u8);
            Identity = output.Identity();
        }

        output.Sync();
    }
}
