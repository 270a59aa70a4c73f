namespace Cistern;

/// <summary>
/// The files of one backend that is open for writing: appends records to the journal, makes them durable, and folds the journal into the
/// snapshot. Knows nothing of what the records say.
/// </summary>
/// <remarks>
/// Three locks, taken in this order: one compaction at a time; one writer at a time (<see cref="Writing"/>); one fsync of the journal at a time.
/// A record counts once it is written whole. The store is writable until an fsync of the journal or the folder fails, when nobody can know any more what is
/// on the disk, or until it is closed; neither is ever taken back.
/// </remarks>
internal sealed class FileStore : IDisposable
{
    // What is copied while writers wait, and how often a copy that is larger is tried to be overtaken.
    private const int LittleBytes = 256 * 1024;
    private const int MostCatchUps = 8;

    private readonly FilePaths _paths;
    private readonly FileBackendOptions _options;
    private readonly StoreEnvironment _environment;
    private readonly Func<KeptTable> _keep;
    private readonly WriterLock _lock;
    private readonly BackgroundCompaction _compaction;
    private readonly UInt128 _oldJournal;
    private readonly uint _salt = FileHeader.NewSalt();
    private readonly Lock _compacting = new();
    private readonly Lock _syncing = new();

    // Read and changed with Writing held; how many records there are is read with _syncing alone, too.
    private readonly Queue<Repair> _repairs;
    private SnapshotIdentity _snapshot;
    private FirstWrite _firstWrite;
    private ulong _sequence;

    // Changed with Writing and _syncing held; null before the first write, and once it is closed.
    private JournalFile? _journal;

    // Changed with _syncing held, or with Writing where every write has an fsync of its own.
    private ulong _durable;

    // Set once, the first with Writing held.
    private volatile bool _isClosed;
    private volatile Exception? _failedSync;

    /// <param name="paths">The files.</param>
    /// <param name="options">Resolved.</param>
    /// <param name="environment">The system's calls.</param>
    /// <param name="writerLock">The right to write; the store's from here on.</param>
    /// <param name="loaded">What was there.</param>
    /// <param name="keep">Gives everything that is to be in a new snapshot; called while <see cref="Writing"/> is held.</param>
    public FileStore(FilePaths paths, FileBackendOptions options, StoreEnvironment environment, WriterLock writerLock, LoadedFile loaded, Func<KeptTable> keep)
    {
        _paths = paths;
        _options = options;
        _environment = environment;
        _lock = writerLock;
        _keep = keep;
        _repairs = new Queue<Repair>(loaded.Repairs);
        _snapshot = loaded.Snapshot;
        _sequence = _durable = loaded.Sequence;
        _oldJournal = loaded.Journal?.Header?.Id ?? 0;
        _firstWrite = loaded.Journal is not null ? FirstWrite.FoldsOldJournal
            : !loaded.HasSidecar || loaded.IsMismatched ? FirstWrite.Folds
            : FirstWrite.StartsJournal;
        _compaction = new BackgroundCompaction(options, environment.Start, Compact, () => _journal?.Length ?? 0);
    }

    /// <summary>Held by whoever decides on a write, writes it, and then makes it seen.</summary>
    public Lock Writing { get; } = new();

    /// <summary>The number of the last record. Read with <see cref="Writing"/> held.</summary>
    public ulong Sequence => _sequence;

    private IFileCalls Calls => _environment.Calls;

    /// <summary>Appends a record. Called with <see cref="Writing"/> held. When it throws, the record does not count.</summary>
    public void Append(RecordBuffer record)
    {
        ThrowIfNotWritable();
        var journal = WithRoom(_journal ?? StartJournal(), Frame.HeadBytes + record.Body.Length);
        var before = journal.Length;
        var frame = record.Seal(_sequence + 1, journal.Header.Salt);
        journal.Append(frame);
        if (_options.Durability == FileDurability.Power) SyncOne(journal, before);
        _sequence++;
    }

    /// <summary>
    /// Starts a compaction if one is due, and returns once a record is on the disk, if that was promised. Whoever comes first syncs for all who have written by then; the others
    /// find it done when it is their turn. Called without <see cref="Writing"/>.
    /// </summary>
    public void AwaitDurable(ulong sequence)
    {
        _compaction.StartIfDue();
        if (_options.Durability != FileDurability.Group) return;
        lock (_syncing)
        {
            if (_durable >= sequence) return;
            ThrowIfSyncFailed();
            SyncWritten(_journal ?? throw Closed());
        }
    }

    /// <summary>The last record that is known to be on the disk, once a sync has failed; null: none has, or nobody was promised that a record is.</summary>
    public ulong? LastDurable => _failedSync is null || _isClosed || _options.Durability == FileDurability.Os ? null : _durable;

    /// <summary>Folds the journal into a new snapshot, and goes on with a new journal. Writes go on meanwhile, but for a moment at the end.</summary>
    public void Compact()
    {
        lock (_compacting)
        {
            JournalFile journal;
            Fold begun;
            long from;
            ulong sequence;
            KeptTable table;
            lock (Writing)
            {
                ThrowIfNotWritable();
                journal = _journal ?? StartJournal();
                RunRepairs();
                begun = new Fold(_paths, Calls, _snapshot, journal.Header.Id);
                (from, sequence) = (journal.Length, _sequence);
                table = _keep();
            }

            using var kept = table;
            using var fold = begun;
            fold.Write(kept.Entries, kept.Tombstones, sequence, _options.MaxFileBytes);
            var next = fold.StartJournal(sequence, journal.Header.Salt);
            long to;
            try { to = CatchUp(next, journal, from); }
            catch (ObjectDisposedException) when (_journal != journal) { return; }
            JournalFile? old;
            lock (Writing)
            {
                ThrowIfNotWritable();

                // A write that could not wait for room has folded the journal meanwhile.
                if (_journal != journal) return;
                next.CopyFrom(journal, to, journal.Length);
                old = Commit(fold);
            }

            // Freeing what it had takes the system long: nobody is to wait for it.
            old?.Dispose();
        }
    }

    // Copies and syncs what is written meanwhile until little is left: the rest is done while everybody waits.
    private static long CatchUp(JournalFile next, JournalFile journal, long from)
    {
        for (var round = 0; round < MostCatchUps; round++)
        {
            var to = journal.Length;
            next.CopyFrom(journal, from, to);
            next.Sync();
            if (to - from <= LittleBytes) return to;
            from = to;
        }

        return from;
    }

    /// <summary>Waits for a compaction that runs in the background, when the journal will soon have no room without it. Called without <see cref="Writing"/>.</summary>
    public void AwaitRoom() => _compaction.AwaitRoom();

    /// <summary>Folds what there is to fold into the snapshot, leaves no journal, and lets others write. Throws when the folding fails: the journal then still has everything.</summary>
    public void Dispose()
    {
        _compaction.Wait();
        lock (_compacting)
        {
            lock (Writing)
            {
                // Whoever waits for this lock, to write or to compact, gets it when the file may be another's.
                if (_isClosed) return;
                _isClosed = true;
                try
                {
                    if (_failedSync is null && (_journal is not null || _firstWrite == FirstWrite.FoldsOldJournal)) FoldWhole(goesOn: false);

                    // Where a write failed, its caller has been told. A compaction in the background has none.
                    if (_failedSync is { } untold && _compaction.Fault?.InnerException == untold) throw SyncFailed(untold);
                }
                finally
                {
                    LetGo();
                }
            }
        }
    }

    /// <summary>Lets go of everything without a fold, as the end of the process does.</summary>
    public void Abandon()
    {
        _compaction.Wait();
        lock (Writing)
        {
            if (_isClosed) return;
            _isClosed = true;
            LetGo();
        }
    }

    private void LetGo()
    {
        lock (_syncing)
        {
            _journal?.Dispose();
            _journal = null;
        }

        _lock.Dispose();
    }

    // Only once there is something to write: opening a file to read it changes nothing.
    private JournalFile StartJournal()
    {
        RunRepairs();
        if (_firstWrite != FirstWrite.StartsJournal)
        {
            FoldWhole(goesOn: true);
            return _journal!;
        }

        var temporary = _paths.Temporary();
        JournalFile? journal = null;
        try
        {
            journal = JournalFile.Create(Calls, temporary, new FileHeader { Kind = FileKind.Journal, Snapshot = _snapshot, Sequence = _sequence, Salt = _salt });
            journal.Sync();
            Calls.Rename(temporary, _paths.Journal);
            SyncFolder();
        }
        catch
        {
            journal?.Dispose();

            // Every write that fails for want of room would leave another one.
            Calls.TryDelete(temporary);
            throw;
        }

        lock (_syncing) _journal = journal;
        _compaction.Plan(_snapshot.Length);
        return journal;
    }

    // Whoever writes cannot wait for a compaction in the background: that waits for who writes.
    private JournalFile WithRoom(JournalFile journal, long bytes)
    {
        if (journal.Length + bytes <= _options.MaxFileBytes) return journal;
        if (FileHeader.Bytes + bytes > _options.MaxFileBytes) throw new CacheBackendException($"A record of {bytes} bytes is more than {_paths.Journal} may have: {nameof(FileBackendOptions.MaxFileBytes)} is {_options.MaxFileBytes}.");
        try { FoldWhole(goesOn: true); }
        catch (Exception fault) when (_failedSync is null) { throw Full(fault); }
        return _journal!;
    }

    private void FoldWhole(bool goesOn)
    {
        RunRepairs();
        using var kept = _keep();
        using var fold = new Fold(_paths, Calls, _snapshot, _journal?.Header.Id ?? _oldJournal);
        fold.Write(kept.Entries, kept.Tombstones, _sequence, _options.MaxFileBytes);
        if (goesOn) fold.StartJournal(_sequence, _salt);
        Commit(fold)?.Dispose();
    }

    /// <returns>The journal that has gone, to be closed; null: there was none.</returns>
    private JournalFile? Commit(Fold fold)
    {
        var old = _journal;
        lock (_syncing)
        {
            // Until the folder is synced behind it, a power cut may undo the last step. What callers wait for must be on the disk with it and without it.
            if (_options.Durability == FileDurability.Group && _durable < _sequence) SyncWritten(_journal!);
            fold.Prepare();
            SyncFolder();
            fold.Commit();
            _journal = fold.Journal;
            _durable = _sequence;
        }

        GoOnAfter(fold);

        // The names that recovery goes by must be on the disk before those it went by are taken away.
        SyncFolder();
        TryRunRepairs();
        return old;
    }

    private void GoOnAfter(Fold fold)
    {
        _snapshot = fold.Identity;
        _firstWrite = FirstWrite.StartsJournal;
        foreach (var repair in fold.Remaining) _repairs.Enqueue(repair);
        _compaction.Plan(_snapshot.Length);
    }

    private void TryRunRepairs()
    {
        try { RunRepairs(); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The files are known by what they say: under these names, too. The next fold begins with what is left to do.
        }
    }

    private void RunRepairs()
    {
        if (_repairs.Count == 0) return;
        while (_repairs.TryPeek(out var repair))
        {
            repair.Run(Calls);
            _repairs.Dequeue();
        }

        SyncFolder();
    }

    private void SyncFolder()
    {
        try { Calls.SyncFolder(_paths.Folder); }
        catch (Exception fault) { throw FailSync(fault); }
    }

    // Called with the lock on syncing held.
    private void SyncWritten(JournalFile journal)
    {
        var written = Volatile.Read(ref _sequence);
        try { journal.Sync(); }
        catch (Exception fault) { throw FailSync(fault); }
        _durable = written;
    }

    private void SyncOne(JournalFile journal, long before)
    {
        try
        {
            journal.Sync();
            _durable = _sequence + 1;
        }
        catch (Exception fault)
        {
            journal.TryCutOff(before);
            throw FailSync(fault);
        }
    }

    private CacheBackendException FailSync(Exception fault)
    {
        _failedSync = fault;
        return SyncFailed(fault);
    }

    private static ObjectDisposedException Closed() => new(nameof(FileBackend));

    private void ThrowIfNotWritable()
    {
        if (_isClosed) throw Closed();
        ThrowIfSyncFailed();
    }

    private void ThrowIfSyncFailed()
    {
        if (_failedSync is { } fault) throw SyncFailed(fault);
    }

    private CacheBackendException SyncFailed(Exception fault) =>
        new($"{_paths.Snapshot}: an fsync failed, so that what is on the disk is not known. The file can be read, and written again once it is reopened: {fault.Message}", fault);

    private CacheBackendException Full(Exception fault) =>
        new($"{_paths.Journal} would have more than the {_options.MaxFileBytes} bytes of {nameof(FileBackendOptions.MaxFileBytes)}, and cannot be folded: {fault.Message}", fault);
}
