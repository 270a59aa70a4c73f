using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// A far backend with copies of its entries in a near one: memory over Redis, say. The far tier decides and holds everything; the near one answers lookups of what was looked up or set here not long ago, and stands in
/// while the far one is down. It owns both, and disposes them. Safe for concurrent use.
/// </summary>
/// <remarks>
/// What this instance writes, its lookups see at once. What others write in the far tier, they see when they are told by <see cref="TieredBackendOptions.Invalidation"/>, and without it within
/// <see cref="TieredBackendOptions.NearTimeToLive"/>. Writes, inspections, listings and counts are the far tier's: while it is down they fail. For more than two tiers, the near one may have tiers itself. See docs/guide/tiers.md.
/// </remarks>
public sealed class TieredBackend : CacheBackend
{
    private readonly CacheBackend _nearBackend;
    private readonly CacheBackend _farBackend;
    private readonly NearTier _near;
    private readonly FarTier _far;
    private readonly TieredWrites _writes;
    private readonly TieredListener _listener;
    private readonly InvalidationSender? _sender;
    private readonly IInvalidationChannel? _channel;
    private readonly StatsCounters _nearLookups = new();
    private long _farHits;
    private long _staleHits;
    private long _misses;
    private long _promotions;

    private TieredBackend(CacheBackend near, CacheBackend far, TieredBackendOptions options) : base(far)
    {
        (_nearBackend, _farBackend) = (near, far);
        _near = new NearTier(near, options, TimeProvider);
        _far = new FarTier(far, options, TimeProvider);
        _channel = options.Invalidation;
        _sender = _channel is null ? null : new InvalidationSender(_channel, TimeProvider);
        _writes = new TieredWrites(_near, _far, _sender);
        _listener = new TieredListener(_near);
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities => _farBackend.Capabilities;

    /// <inheritdoc/>
    public override long? RemovalCount => _farBackend.RemovalCount;

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => _farBackend.MaxEntriesMemoryBytes;

    /// <summary>Puts one backend before another, and begins to hear what others change. The near one is emptied first if it has outlived a process: nobody knows what changed meanwhile.</summary>
    /// <param name="near">The near tier: lists its keys and may have any bounds. Nobody else may use it.</param>
    /// <param name="far">The far tier.</param>
    /// <param name="options">Times and limits. Null: <see cref="TieredBackendOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the near tier cannot be one.</exception>
    /// <exception cref="CacheBackendException">The near tier could not be emptied, or the channel not be heard.</exception>
    public static async ValueTask<TieredBackend> OpenAsync(CacheBackend near, CacheBackend far, TieredBackendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(near);
        ArgumentNullException.ThrowIfNull(far);
        if (ReferenceEquals(near, far)) throw new ArgumentException("Must be another backend than the far tier.", nameof(near));
        if (!near.Capabilities.ListsKeys) throw new ArgumentException("Must be a backend that lists its keys, as it must be emptied at times.", nameof(near));
        var tiers = new TieredBackend(near, far, (options ?? TieredBackendOptions.Default).Check());
        if (near.Capabilities.IsPersistent) await near.ClearAsync(cancellationToken).ConfigureAwait(false);
        if (tiers._channel is { } channel) await channel.ListenAsync(tiers._listener, cancellationToken).ConfigureAwait(false);
        if (far.Capabilities.NoticesEmptied) far.Emptied += tiers._listener.OnEmptied;
        return tiers;
    }

    /// <summary>Looks a key up, and tells which tier answered.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TieredLookup> LookUpAsync(string key, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        TieredLookup found;
        try { found = await LookUpCoreAsync(key, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "get"); }
        Counters.CountLookup(found.Value is not null);
        return found;
    }

    /// <summary>Sets a value, and tells what became of it in each tier. As <see cref="CacheBackend.SetAsync(string, ReadOnlyMemory{byte}, SetOptions?, CancellationToken)"/>, whose outcome is the far tier's.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="options">How it is set. Null: <see cref="SetOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait; whether the write happened is then unknown, and the near tier has no copy.</param>
    public async ValueTask<TieredSet> SetInTiersAsync(string key, ReadOnlyMemory<byte> value, SetOptions? options = null, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        var draft = Expiration.Draft(key, new ReadOnlySequence<byte>(value), options ?? SetOptions.Default, NowMilliseconds, TimeProvider);
        TieredSet set;
        try { set = await _writes.SetAsync(draft, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "set"); }
        if (set.Far == SetOutcome.Stored) Counters.Count(StatsCount.Set, 1);
        return set;
    }

    /// <summary>What each tier did.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TieredStats> GetTieredStatsAsync(CancellationToken cancellationToken = default) => new()
    {
        NearHits = _nearLookups.Read().Hits,
        FarHits = Interlocked.Read(ref _farHits),
        StaleHits = Interlocked.Read(ref _staleHits),
        Misses = Interlocked.Read(ref _misses),
        Promotions = Interlocked.Read(ref _promotions),
        FarFaults = _far.Faults,
        FarRefusals = _far.Refusals,
        NearFaults = _near.Faults,
        InvalidatedKeys = _listener.Keys,
        LostMessages = _listener.Losses,
        UnsentKeys = _sender?.Unsent ?? 0,
        IsFarDown = _far.IsDown,
        Near = await _nearBackend.GetStatsAsync(cancellationToken).ConfigureAwait(false),
    };

    /// <inheritdoc/>
    public override long? EstimateMemoryBytes(string key, long valueLength) => _farBackend.EstimateMemoryBytes(key, valueLength);

    /// <inheritdoc/>
    public override void Prefetch(ReadOnlySpan<string> keys) => _nearBackend.Prefetch(keys);

    /// <inheritdoc/>
    protected override async ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => (await LookUpCoreAsync(key, cancellationToken).ConfigureAwait(false)).Value;

    // A copy in memory goes into the buffer without a step between.
    /// <inheritdoc/>
    protected override ValueTask<bool> TryGetCoreAsync(string key, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        if (!_near.TryGet(key, destination)) return base.TryGetCoreAsync(key, destination, cancellationToken);
        _nearLookups.CountHit();
        return new(true);
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        var others = new Dictionary<string, long>();
        foreach (var key in keys)
        {
            // Read before the near tier is: a copy that is removed in between is then none that the far tier must bring.
            var number = _near.StripeOf(key).Number;
            if (await _near.GetAsync(key, withStale: false, cancellationToken).ConfigureAwait(false) is { } value) found.Add(key, value);
            else others.Add(key, number);
        }

        _nearLookups.Count(StatsCount.Hit, found.Count);
        if (others.Count == 0) return found;
        await _near.RecoverAsync().ConfigureAwait(false);
        IReadOnlyDictionary<string, CacheEntry> entries;
        try
        {
            _far.Enter();
            entries = await _far.CallAsync(others.Keys, static (far, keys, token) => far.LookUpEntriesAsync(keys, token), cancellationToken).ConfigureAwait(false);
        }
        catch (CacheBackendException)
        {
            if (!await TryAddStaleAsync(others.Keys, found, cancellationToken).ConfigureAwait(false)) throw;
            return found;
        }

        foreach (var (key, entry) in entries)
        {
            await PromoteAsync(entry, others[key]).ConfigureAwait(false);
            found.Add(key, ToArray(entry.Value));
        }

        Interlocked.Add(ref _farHits, entries.Count);
        Interlocked.Add(ref _misses, others.Count - entries.Count);
        return found;
    }

    // The far tier's word on ends and versions, which copies do not have.
    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        _far.Enter();
        return _far.CallAsync(keys, static (far, keys, token) => far.LookUpEntriesAsync(keys, token), cancellationToken);
    }

    /// <inheritdoc/>
    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken)
    {
        _far.Enter();
        return _far.CallAsync(key, static (far, key, token) => far.GetEntryAsync(key, token), cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            _far.Enter();
            return await _far.CallAsync(key, static (far, key, token) => far.ExistsAsync(key, token), cancellationToken).ConfigureAwait(false);
        }
        catch (CacheBackendException)
        {
            if (await _near.GetAsync(key, withStale: true, cancellationToken).ConfigureAwait(false) is null) throw;
            return true;
        }
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        _far.Enter();
        return _far.CallAsync(keys, static (far, keys, token) => far.ExistsManyAsync(keys, token), cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => (await _writes.SetAsync(draft, cancellationToken).ConfigureAwait(false)).Far;

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) => _writes.SetManyAsync(drafts, cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => _writes.ChangeAsync(
        [key],
        expiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(Math.Max(1, end - NowMilliseconds)) : (TimeSpan?)null,
        static (far, keys, timeToLive, token) => far.TouchAsync(keys.First(), timeToLive, token),
        cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => _writes.ChangeAsync(
        [key],
        version,
        static (far, keys, version, token) => version is { } deleted ? far.DeleteAsync(keys.First(), deleted, token) : far.DeleteAsync(keys.First(), token),
        cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        _writes.ChangeAsync(keys, 0, static (far, keys, _, token) => far.DeleteManyAsync(keys, token), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => _writes.ClearAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        _far.Enter();
        var keys = _farBackend.KeysAsync(pattern.Text, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (keys.ConfigureAwait(false))
        {
            while (true)
            {
                bool isThere;
                try
                {
                    isThere = await keys.MoveNextAsync().ConfigureAwait(false);
                    _far.Note(fault: null);
                }
                catch (Exception fault)
                {
                    _far.Note(fault);
                    throw;
                }

                if (!isThere) yield break;
                yield return keys.Current;
            }
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken)
    {
        _far.Enter();
        var stats = await _far.CallAsync(0, static (far, _, token) => far.GetStatsAsync(token), cancellationToken).ConfigureAwait(false);
        return new BackendUsage { Entries = stats.CurrentEntries, SizeBytes = stats.CurrentSizeBytes, MemoryBytes = stats.MemoryBytes };
    }

    /// <inheritdoc/>
    protected override void DisposeCore() => CloseAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override async ValueTask DisposeCoreAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeCoreAsync().ConfigureAwait(false);
    }

    // A fresh copy is the caller's to change; an entry's value is a copy already.
    private static byte[] ToArray(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : value.ToArray();

    // All of it may be closed twice.
    private async ValueTask CloseAsync()
    {
        if (_farBackend.Capabilities.NoticesEmptied) _farBackend.Emptied -= _listener.OnEmptied;
        if (_sender is not null) await _sender.DisposeAsync().ConfigureAwait(false);
        if (_channel is not null) await _channel.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _nearBackend.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await _farBackend.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<TieredLookup> LookUpCoreAsync(string key, CancellationToken cancellationToken)
    {
        var near = _near.GetAsync(key, withStale: false, cancellationToken);
        if (!near.IsCompletedSuccessfully) return WaitAsync(this, near, key, cancellationToken);
        if (near.Result is not { } value) return LookUpFarAsync(key, cancellationToken);
        _nearLookups.CountHit();
        return new(new TieredLookup(value, TieredLookupOutcome.Near));

        static async ValueTask<TieredLookup> WaitAsync(TieredBackend tiers, ValueTask<byte[]?> near, string key, CancellationToken cancellationToken)
        {
            if (await near.ConfigureAwait(false) is not { } value) return await tiers.LookUpFarAsync(key, cancellationToken).ConfigureAwait(false);
            tiers._nearLookups.CountHit();
            return new TieredLookup(value, TieredLookupOutcome.Near);
        }
    }

    private async ValueTask<TieredLookup> LookUpFarAsync(string key, CancellationToken cancellationToken)
    {
        await _near.RecoverAsync().ConfigureAwait(false);
        var number = _near.StripeOf(key).Number;
        IReadOnlyDictionary<string, CacheEntry> entries;
        try
        {
            _far.Enter();
            entries = await _far.CallAsync(key, static (far, key, token) => far.LookUpEntriesAsync([key], token), cancellationToken).ConfigureAwait(false);
        }
        catch (CacheBackendException)
        {
            if (await _near.GetAsync(key, withStale: true, cancellationToken).ConfigureAwait(false) is not { } stale) throw;
            Interlocked.Increment(ref _staleHits);
            return new TieredLookup(stale, TieredLookupOutcome.Stale);
        }

        if (!entries.TryGetValue(key, out var entry))
        {
            Interlocked.Increment(ref _misses);
            return new TieredLookup(null, TieredLookupOutcome.Miss);
        }

        await PromoteAsync(entry, number).ConfigureAwait(false);
        Interlocked.Increment(ref _farHits);
        return new TieredLookup(ToArray(entry.Value), TieredLookupOutcome.Far);
    }

    private async ValueTask PromoteAsync(CacheEntry entry, long number)
    {
        if (await _near.TryPromoteAsync(entry, number).ConfigureAwait(false)) Interlocked.Increment(ref _promotions);
    }

    // All or nothing: a key that the near tier does not have is no miss.
    private async ValueTask<bool> TryAddStaleAsync(Dictionary<string, long>.KeyCollection keys, Dictionary<string, byte[]> found, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            if (await _near.GetAsync(key, withStale: true, cancellationToken).ConfigureAwait(false) is not { } value) return false;
            found.Add(key, value);
        }

        Interlocked.Add(ref _staleHits, keys.Count);
        return true;
    }
}
