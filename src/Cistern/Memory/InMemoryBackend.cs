using System.Buffers;

namespace Cistern;

/// <summary>
/// Entries in this process's memory, within bounds on their number, the bytes of their values and all bytes held. Exact LRU or
/// oldest-added eviction. Safe for concurrent use.
/// </summary>
public sealed class InMemoryBackend : SyncCacheBackend
{
    // Deleted keys must not crowd out entries: their tombstones get this part of the bound on memory.
    private const int TombstoneShare = 4;

    private readonly Lock _lock = new();
    private readonly EntryIndex _index = new();
    private readonly ExpirationHeap _expirations = new();
    private readonly TombstoneTable _tombstones;
    private readonly EvictionPolicy _policy;
    private readonly InMemoryBackendOptions _options;
    private readonly long _openedAtTicks;
    private readonly long _openedAtTimestamp;
    private long _sizeBytes;
    private long _memoryBytes;
    private long _removalCount;

    /// <summary>Creates an empty backend.</summary>
    /// <param name="options">Bounds and clock. Null: 100 MB of values, 256 MB of memory, the system's clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public InMemoryBackend(InMemoryBackendOptions? options = null) : base(options?.Name ?? "memory", options?.TimeProvider)
    {
        _options = (options ?? new InMemoryBackendOptions()).Resolve();
        _openedAtTicks = TimeProvider.GetUtcNow().UtcTicks;
        _openedAtTimestamp = TimeProvider.GetTimestamp();
        _policy = EvictionPolicy.Create(_options.Eviction);
        _tombstones = new TombstoneTable((long)Math.Ceiling(_options.TombstoneRetention.TotalMilliseconds), _options.MaxMemoryBytes / TombstoneShare);
        Capabilities = new BackendCapabilities
        {
            ReportsEvictions = true,
            ReportsExpirations = true,
            BatchAtomicity = BatchAtomicity.Batch,
            VersionRetention = VersionRetention.UntilEvicted,
            MaxValueBytes = _options.MaxValueBytes,
            Capacity = _options.Capacity,
            MaxSizeBytes = _options.MaxSizeBytes,
            MaxMemoryBytes = _options.MaxMemoryBytes,
        };
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public override long? RemovalCount => AfterExpiry(static backend => backend._removalCount);

    // The time since it was opened never jumps, as the wall clock may: a TTL is a duration.
    /// <inheritdoc/>
    protected override long NowMilliseconds =>
        (_openedAtTicks + TimeProvider.GetElapsedTime(_openedAtTimestamp).Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    /// <inheritdoc/>
    public override long? EstimateMemoryBytes(string key, long valueLength)
    {
        ArgumentNullException.ThrowIfNull(key);
        return MemoryCost.OfEntry(key.Length, valueLength);
    }

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => AfterExpiry(static backend => backend._options.MaxMemoryBytes - backend._tombstones.MemoryBytes);

    /// <inheritdoc/>
    public override void Prefetch(ReadOnlySpan<string> keys) => _index.Prefetch(keys);

    /// <summary>Evicts the entry that would go first; returns its key, or null when there is none.</summary>
    public string? EvictOne()
    {
        ThrowIfDisposed();
        lock (_lock)
        {
            RemoveExpired();
            if (_policy.Victim(except: null) is not { } victim) return null;
            Evict(victim);
            return victim.Key;
        }
    }

    /// <inheritdoc/>
    protected override byte[]? GetCore(string key) => Find(key) is { } value ? value.AsSpan().ToArray() : null;

    /// <inheritdoc/>
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength)
    {
        if (Find(key) is not { } value)
        {
            valueLength = 0;
            return LookupOutcome.Miss;
        }

        valueLength = value.Length;
        return value.AsSpan().TryCopyTo(destination) ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
    }

    // Without the call through a generic virtual method and a delegate.
    /// <inheritdoc/>
    protected override bool TryGetCore(string key, IBufferWriter<byte> destination)
    {
        if (Find(key) is not { } value) return false;
        destination.Write(value);
        return true;
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
        lock (_lock) return FindLive(key)?.ToCacheEntry();
    }

    /// <inheritdoc/>
    protected override bool ExistsCore(string key)
    {
        lock (_lock) return FindLive(key) is not null;
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (FindLive(key) is not { } entry) continue;
                _policy.Read(entry);
                found.Add(key, entry.Value.AsSpan().ToArray());
            }
        }

        return new(found);
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var present = new HashSet<string>();
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (FindLive(key) is not null) present.Add(key);
            }
        }

        return new(present);
    }

    /// <inheritdoc/>
    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        if (draft.Value.Length > _options.MaxValueBytes) return SetOutcome.TooLarge;
        var value = draft.Value.ToArray();
        lock (_lock) return Store(draft, value);
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        new(drafts is DraftBatch batch ? StoreAll(batch.Span) : StoreAll([.. drafts]));

    /// <inheritdoc/>
    protected override bool TouchCore(string key, long? expiresAtMilliseconds)
    {
        lock (_lock)
        {
            if (FindLive(key) is not { } entry) return false;
            entry.ExpiresAt = Math.Min(expiresAtMilliseconds ?? StoredEntry.Never, entry.AbsoluteExpiration);
            _expirations.Place(entry);
            _index.Put(entry);
            return true;
        }
    }

    /// <inheritdoc/>
    protected override bool DeleteCore(string key, long? version)
    {
        lock (_lock) return Remove(key, version);
    }

    /// <inheritdoc/>
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        lock (_lock)
        {
            foreach (var key in keys) deleted += Remove(key, version: null) ? 1 : 0;
        }

        return new(deleted);
    }

    /// <inheritdoc/>
    protected override long ClearCore() => AfterExpiry(static backend => backend.DropAll());

    // A snapshot of the keys: the lock is not held while the caller handles them.
    /// <inheritdoc/>
    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        string[] keys;
        lock (_lock)
        {
            RemoveExpired();
            keys = [.. _index.Keys];
        }

        return keys.Where(pattern.IsMatch);
    }

    /// <inheritdoc/>
    protected override BackendUsage GetUsageCore() => AfterExpiry(static backend =>
        new BackendUsage { Entries = backend._index.Count, SizeBytes = backend._sizeBytes, MemoryBytes = backend._memoryBytes + backend._tombstones.MemoryBytes });

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        lock (_lock) DropAll();
    }

    private byte[]? Find(string key)
    {
        lock (_lock)
        {
            var entry = _index.Find(key, out var valueWithoutTtl);
            if (valueWithoutTtl is not null && !_policy.TracksReads) return valueWithoutTtl;
            if (entry is null || !IsLive(entry)) return null;
            _policy.Read(entry);
            return entry.Value;
        }
    }

    private StoredEntry? FindLive(string key) => _index.Find(key) is { } entry && IsLive(entry) ? entry : null;

    private bool IsLive(StoredEntry entry)
    {
        if (entry.ExpiresAt == StoredEntry.Never || NowMilliseconds < entry.ExpiresAt) return true;
        RemoveExpired();
        return false;
    }

    private SetOutcome[] StoreAll(ReadOnlySpan<EntryDraft> drafts)
    {
        var outcomes = new SetOutcome[drafts.Length];
        lock (_lock)
        {
            for (var i = 0; i < outcomes.Length; i++)
            {
                ref readonly var draft = ref drafts[i];
                outcomes[i] = draft.Value.Length > _options.MaxValueBytes ? SetOutcome.TooLarge : Store(draft, draft.Value.ToArray());
            }
        }

        return outcomes;
    }

    private SetOutcome Store(in EntryDraft draft, byte[] value)
    {
        RemoveExpired();
        var entry = _index.Find(draft.Key);
        var memory = MemoryCost.OfEntry(draft.Key.Length, value.Length) + (draft.Metadata is { } metadata ? ObjectBytes.OfMetadata(metadata) : 0);
        if (value.Length > _options.MaxSizeBytes || memory + _tombstones.MemoryBytes > _options.MaxMemoryBytes) return SetOutcome.TooLarge;
        if (draft.Refusal(entry is not null, entry?.Version, TombstoneOf(draft)) is { } refused) return refused;

        if (draft.Condition != SetCondition.IfNewer || _tombstones.VersionOf(draft.Key, draft.CreatedAtMilliseconds) is not null) _tombstones.Remove(draft.Key);
        var isNew = entry is null;
        MakeRoom(entry, isNew ? 1 : 0, value.Length - (entry?.Value.Length ?? 0), memory - (entry?.MemoryBytes ?? 0));

        entry ??= new StoredEntry(draft.Key);
        _sizeBytes += value.Length - entry.Value.Length;
        _memoryBytes += memory - entry.MemoryBytes;
        entry.Value = value;
        entry.MemoryBytes = memory;
        entry.CreatedAt = draft.CreatedAtMilliseconds;
        entry.ExpiresAt = draft.ExpiresAtMilliseconds ?? StoredEntry.Never;
        entry.AbsoluteExpiration = draft.AbsoluteExpirationMilliseconds ?? StoredEntry.Never;
        entry.Metadata = draft.Metadata is null ? null : new Dictionary<string, string>(draft.Metadata).AsReadOnly();
        entry.Version = draft.Version;
        _expirations.Place(entry);
        _index.Put(entry);
        if (isNew) _policy.Added(entry);
        else _policy.Overwritten(entry);

        return SetOutcome.Stored;
    }

    // Asked only where it matters: most sets have no version.
    private long? TombstoneOf(in EntryDraft draft) => draft.Version is null ? null : _tombstones.VersionOf(draft.Key, draft.CreatedAtMilliseconds);

    // Called before an entry is added or grows, so that no bound is exceeded even for a moment. The entry that is about to change stays.
    private void MakeRoom(StoredEntry? changing, int entries, long sizeBytes, long memoryBytes)
    {
        while ((_index.Count + entries > _options.Capacity
                || _sizeBytes + sizeBytes > _options.MaxSizeBytes
                || _memoryBytes + _tombstones.MemoryBytes + memoryBytes > _options.MaxMemoryBytes)
            && _policy.Victim(changing) is { } victim) Evict(victim);
    }

    private bool Remove(string key, long? version)
    {
        RemoveExpired();
        var entry = _index.Find(key);
        if (entry?.Version > version) return false;
        if (entry is not null) Drop(entry);
        if (version is { } deletion)
        {
            // Room is made afterwards: the table may have forgotten older tombstones, or this one, to stay within its share.
            var now = NowMilliseconds;
            _tombstones.Leave(key, Math.Max(deletion, _tombstones.VersionOf(key, now) ?? deletion), now);
            MakeRoom(changing: null, entries: 0, sizeBytes: 0, memoryBytes: 0);
        }
        else
        {
            _tombstones.Remove(key);
        }

        return entry is not null;
    }

    private void Evict(StoredEntry entry)
    {
        Drop(entry);
        CountEvictions(1);
    }

    /// <summary>Does something under the lock, once what has expired is gone.</summary>
    private T AfterExpiry<T>(Func<InMemoryBackend, T> act)
    {
        lock (_lock)
        {
            RemoveExpired();
            return act(this);
        }
    }

    private void RemoveExpired()
    {
        if (_expirations.Next is null && _tombstones.MemoryBytes == 0) return;
        var now = NowMilliseconds;
        var expired = 0;
        while (_expirations.Next is { } next && next.ExpiresAt <= now)
        {
            Drop(next);
            expired++;
        }

        _tombstones.RemoveExpired(now);
        if (expired > 0) CountExpirations(expired);
    }

    private long DropAll()
    {
        var dropped = _index.Count;
        _index.Clear();
        _policy.Clear();
        _expirations.Clear();
        _sizeBytes = 0;
        _memoryBytes = 0;
        _removalCount += dropped;
        return dropped;
    }

    private void Drop(StoredEntry entry)
    {
        _index.Remove(entry.Key);
        _policy.Removed(entry);
        _expirations.Remove(entry);
        _sizeBytes -= entry.Value.Length;
        _memoryBytes -= entry.MemoryBytes;
        _removalCount++;
    }
}
