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
    private readonly Lock _seeing = new();
    private readonly FileBackendOptions _options;
    private readonly FilePaths _paths;
    private readonly FileStore? _store;
    private readonly RecordBuffer _record = new();
    private readonly long _openedAtTicks;
    private readonly long _openedAtTimestamp;
    private readonly Func<long> _clock;
    private EntryTable _table;
    private bool _isRolledBack;

    private FileBackend(string path, FileBackendOptions options, StoreEnvironment environment) : base(options.Name, options.TimeProvider)
    {
        _options = options;
        _openedAtTicks = TimeProvider.GetUtcNow().UtcTicks;
        _openedAtTimestamp = TimeProvider.GetTimestamp();
        _clock = () => NowMilliseconds;
        _paths = new FilePaths(path);
        var opening = new FileOpening(_paths, options, environment);
        (_table, var loaded, _store) = opening.Open(NowMilliseconds, Keep);
        Findings = loaded.Findings.ToList();
        ReportRemoved();
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
    public override long? RemovalCount => AfterExpiry(static table => table.RemovalCount);

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => AfterExpiry(static table => table.MaxEntriesMemoryBytes);

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
        return new BackendVerification { Entries = backend._table.Count, Findings = backend.Findings };
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
    protected override byte[]? GetCore(string key) => Find(key) is { } value ? value.AsSpan().ToArray() : null;

    /// <inheritdoc/>
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength)
    {
        var value = Find(key);
        valueLength = value?.Length ?? 0;
        if (value is null) return LookupOutcome.Miss;
        return value.AsSpan().TryCopyTo(destination) ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
    }

    /// <inheritdoc/>
    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        if (Find(key) is not { } value) return false;
        reader(value, state);
        return true;
    }

    /// <inheritdoc/>
    protected override CacheEntry? GetEntryCore(string key)
    {
        lock (_seeing) return _table.FindLive(key, NowMilliseconds)?.ToCacheEntry(key);
    }

    /// <inheritdoc/>
    protected override bool ExistsCore(string key)
    {
        lock (_seeing) return _table.FindLive(key, NowMilliseconds) is not null;
    }

    /// <inheritdoc/>
    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        if (draft.Value.Length > _options.MaxValueBytes) return SetOutcome.TooLarge;
        var state = HeldState.Of(draft, draft.Value.ToArray());
        var store = Store();
        ulong sequence;
        store.AwaitRoom();
        lock (store.Writing)
        {
            SetOutcome outcome;
            var plan = new SetPlan(_table);
            lock (_seeing) outcome = plan.Decide(draft, state);
            if (outcome != SetOutcome.Stored) return outcome;
            _record.Begin();
            _record.Set(draft.Key, state);
            sequence = store.Append(_record);
            lock (_seeing)
            {
                _table.Put(draft.Key, state, draft.CreatedAtMilliseconds);
                ReportRemoved();
            }
        }

        AwaitDurable(store, sequence);
        return SetOutcome.Stored;
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = new SetOutcome[drafts.Count];
        var states = new HeldState?[drafts.Count];
        for (var i = 0; i < outcomes.Length; i++) states[i] = drafts[i].Value.Length > _options.MaxValueBytes ? null : HeldState.Of(drafts[i], drafts[i].Value.ToArray());
        Write(record =>
        {
            var plan = new SetPlan(_table);
            lock (_seeing)
            {
                for (var i = 0; i < outcomes.Length; i++) outcomes[i] = states[i] is { } state ? plan.Decide(drafts[i], state) : SetOutcome.TooLarge;
            }

            for (var i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i] == SetOutcome.Stored) record.Set(drafts[i].Key, states[i]!);
            }
        }, () =>
        {
            for (var i = 0; i < outcomes.Length; i++)
            {
                if (outcomes[i] == SetOutcome.Stored) _table.Put(drafts[i].Key, states[i]!, drafts[i].CreatedAtMilliseconds);
            }
        });
        return new(outcomes);
    }

    /// <inheritdoc/>
    protected override bool TouchCore(string key, long? expiresAtMilliseconds)
    {
        HeldState? touched = null;
        Write(record =>
        {
            var now = NowMilliseconds;
            lock (_seeing) touched = _table.FindLive(key, now)?.Touched(expiresAtMilliseconds ?? HeldState.Never, now);
            if (touched is not null) record.Touch(key, touched);
        }, () => _table.Touch(key, touched!));
        return touched is not null;
    }

    /// <inheritdoc/>
    protected override bool DeleteCore(string key, long? version)
    {
        if (version is null) return Delete([key]) == 1;
        var isLive = false;
        var now = NowMilliseconds;
        KeptTombstone? tombstone = null;
        Write(record =>
        {
            lock (_seeing)
            {
                tombstone = _table.PlanTombstone(key, version.Value, now);
                isLive = tombstone is not null && _table.FindLive(key, now) is not null;
            }

            if (tombstone is { } planned) record.Bury(planned);
        }, () => _table.Bury(tombstone!.Value, now));
        return isLive;
    }

    /// <inheritdoc/>
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => new(Delete(keys));

    /// <inheritdoc/>
    protected override long ClearCore()
    {
        var cleared = 0L;
        Write(record =>
        {
            lock (_seeing)
            {
                RemoveExpired();
                cleared = _table.Count;
            }

            record.Clear();
        }, () => _table.Clear());
        return cleared;
    }

    // A snapshot of the keys: the lock is not held while the caller handles them.
    /// <inheritdoc/>
    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        string[] keys;
        lock (_seeing)
        {
            RemoveExpired();
            keys = [.. _table.Keys];
        }

        return keys.Where(pattern.IsMatch);
    }

    /// <inheritdoc/>
    protected override BackendUsage GetUsageCore() => AfterExpiry(static table => new BackendUsage { Entries = table.Count, SizeBytes = table.SizeBytes, MemoryBytes = table.MemoryBytes });

    /// <inheritdoc/>
    protected override void DisposeCore() => _store?.Dispose();

    private T AfterExpiry<T>(Func<EntryTable, T> read)
    {
        lock (_seeing)
        {
            RemoveExpired();
            return read(_table);
        }
    }

    private byte[]? Find(string key)
    {
        lock (_seeing) return _table.Use(key, _clock)?.Value;
    }

    private long Delete(IReadOnlyCollection<string> keys)
    {
        var deleted = 0L;
        Write(record =>
        {
            lock (_seeing)
            {
                var now = NowMilliseconds;
                foreach (var key in keys)
                {
                    if (_table.FindLive(key, now) is not null) deleted++;
                    record.Delete(key);
                }
            }
        }, () =>
        {
            foreach (var key in keys) _table.Delete(key);
        });
        return deleted;
    }

    // First the journal, then what others see; nothing in the record, nothing to do.
    private void Write(Action<RecordBuffer> plan, Action apply)
    {
        var store = Store();
        ulong sequence;
        store.AwaitRoom();
        lock (store.Writing)
        {
            _record.Begin();
            plan(_record);
            if (_record.IsEmpty) return;
            sequence = store.Append(_record);
            lock (_seeing)
            {
                apply();
                ReportRemoved();
            }
        }

        AwaitDurable(store, sequence);
    }

    private FileStore Store() => _store ?? throw new CacheBackendException($"{_paths.Snapshot} is open read-only.");

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
            _isRolledBack = true;
            var table = new EntryTable(_options);
            new FileLoader(_paths, _options, table, NowMilliseconds).Load(last);
            lock (_seeing) _table = table;
        }
    }

    private (KeptEntry[] Entries, KeptTombstone[] Tombstones) Keep()
    {
        lock (_seeing)
        {
            RemoveExpired();
            return (_table.KeepEntries(), _table.KeepTombstones());
        }
    }

    private void RemoveExpired()
    {
        _table.RemoveExpired(NowMilliseconds);
        ReportRemoved();
    }

    private void ReportRemoved()
    {
        var (evicted, expired) = _table.Removed;
        if (evicted > 0) CountEvictions(evicted);
        if (expired > 0) CountExpirations(expired);
        if (evicted + expired > 0) _table.Removed = default;
    }
}
