using System.Buffers;

namespace Cistern;

/// <summary>
/// Entries in this process's memory, within bounds on their number, the bytes of their values and all bytes held. Safe for concurrent use.
/// </summary>
public sealed class InMemoryBackend : SyncCacheBackend
{
    private readonly InMemoryBackendOptions _options;
    private readonly MemoryEngine _engine;
    private readonly long _openedAtTicks;
    private readonly long _openedAtTimestamp;

    /// <summary>Creates an empty backend.</summary>
    /// <param name="options">Bounds and clock. Null: 100 MB of values, 256 MB of memory, the system's clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public InMemoryBackend(InMemoryBackendOptions? options = null) : base(options?.Name ?? "memory", options?.TimeProvider)
    {
        HasPlainLookups = true;
        _options = (options ?? new InMemoryBackendOptions()).Resolve();
        _openedAtTicks = TimeProvider.GetUtcNow().UtcTicks;
        _openedAtTimestamp = TimeProvider.GetTimestamp();
        _engine = MemoryEngine.Create(_options, new EngineSurroundings
        {
            Now = () => NowMilliseconds,
            Evicted = CountEvictions,
            Expired = CountExpirations,
            Took = _options.ShrinksUnderMemoryPressure ? _options.MemoryPressure.Took : static _ => { },
        });
        ShortLookups = (_engine as LogEngine)?.Lookups;
        if (_options.ShrinksUnderMemoryPressure) _options.MemoryPressure.Add(_engine);
        Capabilities = new BackendCapabilities
        {
            ReportsEvictions = true,
            ReportsExpirations = true,
            BatchAtomicity = _engine.BatchAtomicity,
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
    public override long? RemovalCount => _engine.RemovalCount;

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => _engine.MaxEntriesMemoryBytes;

    // The time since it was opened never jumps, as the wall clock may: a TTL is a duration.
    /// <inheritdoc/>
    protected override long NowMilliseconds =>
        (_openedAtTicks + TimeProvider.GetElapsedTime(_openedAtTimestamp).Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    /// <inheritdoc/>
    public override long? EstimateMemoryBytes(string key, long valueLength)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _engine.EstimateMemoryBytes(key, valueLength);
    }

    /// <inheritdoc/>
    public override void Prefetch(ReadOnlySpan<string> keys) => _engine.Prefetch(keys);

    /// <summary>Evicts the entry that would go first; returns its key, or null when there is none.</summary>
    public string? EvictOne()
    {
        ThrowIfDisposed();
        return _engine.EvictOne();
    }

    /// <summary>
    /// Evicts entries, those first that would go first, until a part of the memory that they hold is free, and gives it back to the garbage collector; returns how many were
    /// evicted. The cache may grow again at once.
    /// </summary>
    /// <param name="percent">The part, 1 to 100; 100: every entry goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not from 1 to 100.</exception>
    public long Trim(int percent)
    {
        ThrowIfDisposed();
        if (percent is < 1 or > 100) throw new ArgumentOutOfRangeException(nameof(percent), percent, "Must be from 1 to 100.");
        return _engine.Trim(percent / 100.0);
    }

    /// <inheritdoc/>
    protected override byte[]? GetCore(string key) => _engine.Get(key);

    /// <inheritdoc/>
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength) => _engine.TryGet(key, destination, out valueLength);

    // Without a delegate.
    /// <inheritdoc/>
    protected override bool TryGetCore(string key, IBufferWriter<byte> destination) => _engine.TryGet(key, destination);

    /// <inheritdoc/>
    protected override int TryGetManyCore(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups) => _engine.TryGetMany(keys, destination, lookups);

    // A call of a generic virtual method is slow where it is not known whose.
    /// <inheritdoc/>
    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader) =>
        ShortLookups is { } lookups ? lookups.TryRead(key, state, reader) : _engine.TryRead(key, state, reader);

    /// <inheritdoc/>
    protected override CacheEntry? GetEntryCore(string key) => _engine.GetEntry(key);

    /// <inheritdoc/>
    protected override bool ExistsCore(string key) => _engine.Exists(key);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => new(_engine.GetMany(keys));

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => new(_engine.ExistsMany(keys));

    /// <inheritdoc/>
    protected override SetOutcome SetCore(in EntryDraft draft) => draft.Value.Length > _options.MaxValueBytes ? SetOutcome.TooLarge : _engine.Set(draft);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        new(drafts is DraftBatch batch ? _engine.SetMany(batch.Span) : _engine.SetMany([.. drafts]));

    /// <inheritdoc/>
    protected override bool TouchCore(string key, long? expiresAtMilliseconds) => _engine.Touch(key, expiresAtMilliseconds);

    /// <inheritdoc/>
    protected override bool DeleteCore(string key, long? version) => _engine.Delete(key, version);

    /// <inheritdoc/>
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => new(_engine.DeleteMany(keys));

    /// <inheritdoc/>
    protected override long ClearCore() => _engine.Clear();

    // The engine's lock is not held while the caller handles a key.
    /// <inheritdoc/>
    protected override IEnumerable<string> KeysCore(KeyPattern pattern) => _engine.Keys().Where(pattern.IsMatch);

    /// <inheritdoc/>
    protected override BackendUsage GetUsageCore() => _engine.GetUsage();

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        _options.MemoryPressure.Remove(_engine);
        _engine.Clear();
    }
}
