using System.Buffers;

namespace Cistern;

/// <summary>
/// Entries in one JSON file, held in memory too: every write is appended to a journal before it is acknowledged, and folded into the file
/// in the background and when the backend is disposed. One process writes at a time. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Beside the file (<c>cache.json</c>) lie its journal (<c>.journal</c>), its sidecar (<c>.meta</c>) and its lock (<c>.lock</c>). Entries
/// that are text and nothing else are JSON strings; once the backend is disposed, any program that reads JSON can read them.
/// </remarks>
public sealed class FileBackend : SyncCacheBackend
{
    private readonly FileBackendOptions _options;
    private readonly FilePaths _paths;
    private readonly FileStore? _store;
    private readonly RecordBuffer _record = new();
    private readonly long _openedAtTicks;
    private readonly long _openedAtTimestamp;
    private readonly SeenEntries _entries;
    private bool _isRolledBack;

    private FileBackend(string path, FileBackendOptions options, StoreEnvironment environment) : base(options.Name, options.TimeProvider)
    {
        _options = options;
        _openedAtTicks = TimeProvider.GetUtcNow().UtcTicks;
        _openedAtTimestamp = TimeProvider.GetTimestamp();
        _paths = new FilePaths(path);
        var opening = new FileOpening(_paths, options, environment);
        (var table, var loaded, _store) = opening.Open(NowMilliseconds, Keep);
        _entries = new SeenEntries(table, () => NowMilliseconds, Count);
        Findings = loaded.Findings.ToList();
        Capabilities = new BackendCapabilities
        {
            IsPersistent = true,
            ReportsEvictions = true,
            ReportsExpirations = true,
            BatchAtomicity = BatchAtomicity.Batch,
            VersionRetention = options.IsUnbounded ? VersionRetention.Durable : VersionRetention.UntilEvicted,
            MaxValueBytes = options.MaxValueBytes,
            Capacity = options.Capacity,
            MaxSizeBytes = options.MaxSizeBytes,
            MaxMemoryBytes = options.MaxMemoryBytes,
        };
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities { get; }

    /// <summary>What was damaged, dropped or set aside when the file was opened, and why. Empty: everything was sound.</summary>
    public IReadOnlyList<BackendFinding> Findings { get; }

    /// <summary>The full path of the file, links followed.</summary>
    public string Path => _paths.Snapshot;

    /// <inheritdoc/>
    public override long? RemovalCount => _entries.Read(static table => table.RemovalCount);

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => _entries.Read(static table => table.MaxEntriesMemoryBytes);

    // The time since it was opened never jumps, as the wall clock may: a TTL is a duration.
    /// <inheritdoc/>
    protected override long NowMilliseconds =>
        (_openedAtTicks + TimeProvider.GetElapsedTime(_openedAtTimestamp).Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    /// <summary>Opens a file, or begins a new one where none is.</summary>
    /// <param name="path">The file; its folder is created, but for a reader.</param>
    /// <param name="options">Bounds, durability and clock. Null: the defaults.</param>
    /// <returns>The backend; dispose it to fold its journal into the file.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="CacheBackendException">The file is open for writing elsewhere, too large, no cache, or cannot be read. Damage is no reason: see <see cref="Findings"/>.</exception>
    public static FileBackend Open(string path, FileBackendOptions? options = null) => Open(path, options, StoreEnvironment.Default);

    /// <summary>Checks a file without opening it for use, and changes nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it would be opened. Null: the defaults, without bounds.</param>
    /// <exception cref="CacheBackendException">There is no such file, or it is too large, no cache, or cannot be read.</exception>
    public static BackendVerification Verify(string path, FileBackendOptions? options = null)
    {
        if (!File.Exists(path)) throw new CacheBackendException($"{path} is not there.");
        using var backend = Open(path, (options ?? new FileBackendOptions { IsUnbounded = true }) with { IsReadOnly = true });
        return new BackendVerification { Entries = backend._entries.Read(static table => table.Count), Findings = backend.Findings };
    }

    internal static FileBackend Open(string path, FileBackendOptions? options, StoreEnvironment environment)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var resolved = (options ?? new FileBackendOptions()).Resolve();
        try { return new FileBackend(path, resolved, environment); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { throw new CacheBackendException($"{path} cannot be opened: {fault.Message}", fault); }
    }

    /// <inheritdoc/>
    public override long? EstimateMemoryBytes(string key, long valueLength)
    {
        ArgumentNullException.ThrowIfNull(key);
        return EntryCost.OfEntry(key.Length, valueLength);
    }

    /// <summary>Folds the journal into the file now, as it is done in the background once the journal has grown.</summary>
    /// <exception cref="CacheBackendException">It failed; everything is kept.</exception>
    public void Compact()
    {
        ThrowIfDisposed();
        try { Store().Compact(); }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException) { throw new CacheBackendException($"{Name}: compaction failed: {fault.Message}", fault); }
    }

    /// <summary>Ends as a killed process does: nothing is folded or flushed, and the lock is free.</summary>
    internal void Abandon() => _store?.Abandon();

    /// <inheritdoc/>
    protected override byte[]? GetCore(string key) => _entries.Get(key);

    /// <inheritdoc/>
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength) => _entries.TryGet(key, destination, out valueLength);

    /// <inheritdoc/>
    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader) => _entries.TryRead(key, state, reader);

    /// <inheritdoc/>
    protected override CacheEntry? GetEntryCore(string key) => _entries.GetEntry(key);

    /// <inheritdoc/>
    protected override bool ExistsCore(string key) => _entries.Exists(key);

    // By hand what Write does, and for single sets only: nothing is allocated.
    /// <inheritdoc/>
    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        if (draft.Value.Length > _options.MaxValueBytes) return SetOutcome.TooLarge;
        _entries.Table.PrefetchBucket(draft.Key);
        var state = StateOf(draft);
        var store = Store();
        SetOutcome outcome;
        ulong sequence;
        store.AwaitRoom();
        lock (store.Writing)
        {
            lock (_entries.Lock) outcome = new SetPlan(_entries.Table, planned: null).Decide(draft);
            if (outcome == SetOutcome.Stored)
            {
                _record.Begin();
                Record(draft, state);
                store.Append(_record);
                lock (_entries.Lock)
                {
                    _entries.Table.Put(draft, state);
                    _entries.ReportRemoved();
                }
            }

            sequence = store.Sequence;
        }

        AwaitDurable(store, sequence);
        return outcome;
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = new SetOutcome[drafts.Count];
        var states = new HeldState?[drafts.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (drafts[i].Value.Length > _options.MaxValueBytes) outcomes[i] = SetOutcome.TooLarge;
            else states[i] = StateOf(drafts[i]);
        }

        Write(() =>
        {
            lock (_entries.Lock)
            {
                var plan = SetPlan.Of(_entries.Table, drafts);
                foreach (var draft in drafts) _entries.Table.PrefetchBucket(draft.Key);
                for (var i = 0; i < outcomes.Length; i++)
                {
                    if (outcomes[i] != SetOutcome.TooLarge) outcomes[i] = plan.Decide(drafts[i]);
                }
            }

            for (var i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i] == SetOutcome.Stored) Record(drafts[i], states[i]);
            }
        }, table =>
        {
            for (var i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i] == SetOutcome.Stored) table.Put(drafts[i], states[i]);
            }
        });
        return new(outcomes);
    }

    /// <inheritdoc/>
    protected override bool TouchCore(string key, long? expiresAtMilliseconds)
    {
        HeldState? touched = null;
        var now = NowMilliseconds;
        Write(() =>
        {
            lock (_entries.Lock) touched = _entries.Table.FindLive(key, now)?.Touched(expiresAtMilliseconds ?? HeldState.Never, now);
            if (touched is { } state) _record.Touch(key, state);
        }, table => table.Touch(key, touched!.Value, now));
        return touched is not null;
    }

    /// <inheritdoc/>
    protected override bool DeleteCore(string key, long? version)
    {
        if (version is null) return Delete([key]) == 1;
        var isLive = false;
        var now = NowMilliseconds;
        KeptTombstone? tombstone = null;
        Write(() =>
        {
            lock (_entries.Lock)
            {
                tombstone = _entries.Table.PlanTombstone(key, version.Value, now);
                isLive = tombstone is not null && _entries.Table.FindLive(key, now) is not null;
            }

            if (tombstone is { } planned) _record.Bury(planned);
        }, table => table.Bury(tombstone!.Value, now));
        return isLive;
    }

    /// <inheritdoc/>
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => new(Delete(keys));

    /// <inheritdoc/>
    protected override long ClearCore()
    {
        var cleared = 0L;
        Write(() =>
        {
            cleared = _entries.Read(static table => table.Count);
            _record.Clear();
        }, static table => table.Clear());
        return cleared;
    }

    // A snapshot of the keys: the lock is not held while the caller handles them.
    /// <inheritdoc/>
    protected override IEnumerable<string> KeysCore(KeyPattern pattern) => _entries.Read(static table => table.Keys()).Where(pattern.IsMatch);

    /// <inheritdoc/>
    protected override BackendUsage GetUsageCore() => _entries.Read(static table => new BackendUsage { Entries = table.Count, SizeBytes = table.SizeBytes, MemoryBytes = table.MemoryBytes });

    /// <inheritdoc/>
    protected override void DisposeCore() => _store?.Dispose();

    // Null: nothing but a value, which may be written over the one before it.
    private static HeldState? StateOf(in EntryDraft draft) => EntryTerms.Of(draft) is { } terms ? HeldState.Of(draft, terms) : null;

    private void Record(in EntryDraft draft, in HeldState? state)
    {
        if (state is { } held) _record.Set(draft.Key, held);
        else _record.Set(draft);
    }

    private long Delete(IReadOnlyCollection<string> keys)
    {
        var deleted = 0L;
        Write(() =>
        {
            lock (_entries.Lock)
            {
                var now = NowMilliseconds;
                deleted = keys.LongCount(key => _entries.Table.FindLive(key, now) is not null);
            }

            foreach (var key in keys) _record.Delete(key);
        }, table =>
        {
            foreach (var key in keys) table.Delete(key);
        });
        return deleted;
    }

    // First the journal, then what others see. Where nothing is recorded nothing is done, but what the answer goes by must be durable, too.
    private void Write(Action plan, Action<EntryTable> apply)
    {
        var store = Store();
        ulong sequence;
        store.AwaitRoom();
        lock (store.Writing)
        {
            _record.Begin();
            plan();
            if (!_record.IsEmpty)
            {
                store.Append(_record);
                lock (_entries.Lock)
                {
                    apply(_entries.Table);
                    _entries.ReportRemoved();
                }
            }

            sequence = store.Sequence;
        }

        AwaitDurable(store, sequence);
    }

    private FileStore Store()
    {
        if (_store is null) throw new CacheBackendException($"{_paths.Snapshot} is open read-only.");
        if (_store.LastDurable is not null) RollBack(_store);
        return _store;
    }

    private void AwaitDurable(FileStore store, ulong sequence)
    {
        try
        {
            store.AwaitDurable(sequence);
        }
        catch
        {
            RollBack(store);
            throw;
        }
    }

    // Others may have seen writes that were waiting for the sync that failed. Nothing was acknowledged, and nothing of it stays.
    private void RollBack(FileStore store)
    {
        lock (store.Writing)
        {
            if (_isRolledBack || store.LastDurable is not { } last) return;
            try
            {
                _entries.Replace(removals => Load(last, removals));
                _isRolledBack = true;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CacheBackendException)
            {
                // The disk that cannot be written cannot be read either. The caller is told of the first fault; the next write tries again.
            }
        }
    }

    private EntryTable Load(ulong last, long removals)
    {
        var now = NowMilliseconds;
        var table = new EntryTable(_options, removals + 1);
        new FileLoader(_paths, _options, new RecoveredEntries(table, now), now).Load(last);
        return table;
    }

    private KeptTable Keep() => _entries.Keep();

    private void Count(int evicted, int expired)
    {
        if (evicted > 0) CountEvictions(evicted);
        if (expired > 0) CountExpirations(expired);
    }
}
