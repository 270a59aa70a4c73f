using System.Buffers;

namespace Cistern;

/// <summary>
/// An engine whose order of eviction is exact: an object for each entry, linked in that order, and one lock. A value is never changed, so
/// that readers get it without a copy. Safe for concurrent use.
/// </summary>
internal sealed class OrderedEngine : MemoryEngine
{
    // Deleted keys must not crowd out entries: their tombstones get this part of the bound on memory.
    private const int TombstoneShare = 4;

    private const int MostTrimmed = 1000;

    private readonly Lock _lock = new();
    private readonly EntryIndex _index = new();
    private readonly ExpirationHeap _expirations = new();
    private readonly TombstoneTable _tombstones;
    private readonly EvictionPolicy _policy;
    private readonly InMemoryBackendOptions _options;
    private readonly EngineSurroundings _surroundings;
    private long _sizeBytes;
    private long _memoryBytes;
    private long _removalCount;
    private long? _limit;

    /// <param name="options">Resolved.</param>
    /// <param name="surroundings">The clock, and who counts.</param>
    public OrderedEngine(InMemoryBackendOptions options, EngineSurroundings surroundings)
    {
        _options = options;
        _surroundings = surroundings;
        _policy = EvictionPolicy.Create(options.Eviction);
        _tombstones = new TombstoneTable((long)Math.Ceiling(options.TombstoneRetention.TotalMilliseconds), options.MaxMemoryBytes / TombstoneShare);
    }

    /// <inheritdoc/>
    public override long RemovalCount => AfterExpiry(static engine => engine._removalCount);

    /// <inheritdoc/>
    public override long EstimateMemoryBytes(string key, long valueLength) => MemoryCost.OfEntry(key.Length, valueLength);

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => AfterExpiry(static engine => engine._options.MaxMemoryBytes - engine._tombstones.MemoryBytes);

    /// <inheritdoc/>
    public override void Prefetch(ReadOnlySpan<string> keys) => _index.Prefetch(keys);

    /// <inheritdoc/>
    public override string? EvictOne()
    {
        lock (_lock)
        {
            RemoveExpired();
            if (_policy.Victim(except: null) is not { } victim) return null;
            Evict(victim);
            return victim.Key;
        }
    }

    /// <inheritdoc/>
    public override byte[]? Get(string key) => Find(key) is { } value ? value.AsSpan().ToArray() : null;

    /// <inheritdoc/>
    public override LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength)
    {
        if (Find(key) is not { } value)
        {
            valueLength = 0;
            return LookupOutcome.Miss;
        }

        valueLength = value.Length;
        return value.AsSpan().TryCopyTo(destination) ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
    }

    /// <inheritdoc/>
    public override bool TryGet(string key, IBufferWriter<byte> destination)
    {
        if (Find(key) is not { } value) return false;
        destination.Write(value);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        if (Find(key) is not { } value) return false;
        reader(value, state);
        return true;
    }

    /// <inheritdoc/>
    public override CacheEntry? GetEntry(string key)
    {
        lock (_lock) return FindLive(key)?.ToCacheEntry();
    }

    /// <inheritdoc/>
    public override bool Exists(string key)
    {
        lock (_lock) return FindLive(key) is not null;
    }

    /// <inheritdoc/>
    public override Dictionary<string, byte[]> GetMany(IReadOnlyCollection<string> keys)
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

        return found;
    }

    /// <inheritdoc/>
    public override HashSet<string> ExistsMany(IReadOnlyCollection<string> keys)
    {
        lock (_lock) return [.. keys.Where(key => FindLive(key) is not null)];
    }

    /// <inheritdoc/>
    public override SetOutcome Set(in EntryDraft draft)
    {
        if (draft.Value.Length > _options.MaxValueBytes) return SetOutcome.TooLarge;
        var value = draft.Value.ToArray();
        lock (_lock) return Store(draft, value);
    }

    /// <inheritdoc/>
    public override SetOutcome[] SetMany(ReadOnlySpan<EntryDraft> drafts)
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

    /// <inheritdoc/>
    public override bool Touch(string key, long? expiresAtMilliseconds)
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
    public override bool Delete(string key, long? version)
    {
        lock (_lock) return Remove(key, version);
    }

    /// <inheritdoc/>
    public override long DeleteMany(IReadOnlyCollection<string> keys)
    {
        lock (_lock) return keys.LongCount(key => Remove(key, version: null));
    }

    /// <inheritdoc/>
    public override long Clear() => AfterExpiry(static engine => engine.DropAll());

    /// <inheritdoc/>
    public override IEnumerable<string> Keys() => AfterExpiry(static engine => engine._index.Keys.ToArray());

    /// <inheritdoc/>
    public override BackendUsage GetUsage() => AfterExpiry(static engine =>
        new BackendUsage { Entries = engine._index.Count, SizeBytes = engine._sizeBytes, MemoryBytes = engine._memoryBytes + engine._tombstones.MemoryBytes });

    /// <inheritdoc/>
    public override long GetMemoryBytes() => Volatile.Read(ref _memoryBytes);

    /// <inheritdoc/>
    public override long Trim(double share)
    {
        var most = (long)(GetMemoryBytes() * (1 - share));
        var (evicted, trimmed) = (0L, 0);
        do
        {
            trimmed = TrimSome(most);
            evicted += trimmed;
        }
        while (trimmed > 0);
        return evicted;
    }

    /// <inheritdoc/>
    public override void LimitMemory(long? memoryBytes)
    {
        lock (_lock) _limit = memoryBytes;
    }

    // In portions, so that others come in between.
    private int TrimSome(long mostBytes)
    {
        lock (_lock)
        {
            RemoveExpired();
            var evicted = 0;
            for (; evicted < MostTrimmed && _memoryBytes > mostBytes && _policy.Victim(except: null) is { } victim; evicted++) Evict(victim);
            return evicted;
        }
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
        if (entry.ExpiresAt == StoredEntry.Never || _surroundings.Now() < entry.ExpiresAt) return true;
        RemoveExpired();
        return false;
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
        _surroundings.Took(memory);
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
                || _memoryBytes + _tombstones.MemoryBytes + memoryBytes > _options.MaxMemoryBytes
                || (_memoryBytes > _limit && _memoryBytes > MemoryPressure.LeastBytes))
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
            var now = _surroundings.Now();
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
        _surroundings.Evicted(1);
    }

    /// <summary>Does something under the lock, once what has expired is gone.</summary>
    private T AfterExpiry<T>(Func<OrderedEngine, T> act)
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
        var now = _surroundings.Now();
        var expired = 0;
        while (_expirations.Next is { } next && next.ExpiresAt <= now)
        {
            Drop(next);
            expired++;
        }

        _tombstones.RemoveExpired(now);
        if (expired > 0) _surroundings.Expired(expired);
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
