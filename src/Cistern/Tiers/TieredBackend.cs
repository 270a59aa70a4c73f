using System.Buffers;
using System.Runtime.CompilerServices;

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
    private readonly TieredLookups _lookups;
    private readonly TieredWrites _writes;
    private readonly TieredListener _listener;
    private readonly InvalidationSender? _sender;
    private readonly IInvalidationChannel? _channel;
    private bool _isClosed;

    private TieredBackend(CacheBackend near, CacheBackend far, TieredBackendOptions options) : base(far)
    {
        (_nearBackend, _farBackend) = (near, far);
        _near = new NearTier(near, options, TimeProvider);
        _far = new FarTier(far, options, TimeProvider);
        _channel = options.Invalidation;
        _sender = _channel is null ? null : new InvalidationSender(_channel, TimeProvider);
        _lookups = new TieredLookups(_near, _far);
        _writes = new TieredWrites(_near, _far, _sender);
        _listener = new TieredListener(_near);
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities => _farBackend.Capabilities;

    /// <inheritdoc/>
    public override long? RemovalCount => _farBackend.RemovalCount;

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => _farBackend.MaxEntriesMemoryBytes;

    /// <summary>Puts one backend before another, and begins to hear what others change. The near one is emptied first. If this fails, both stay the caller's, and the channel is closed.</summary>
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

        // Nothing in it was put there with a time behind it, and if it outlived a process, nobody knows what changed meanwhile.
        await near.ClearAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (far.Capabilities.NoticesEmptied) far.Emptied += tiers._listener.OnEmptied;
            if (tiers._channel is { } channel) await channel.ListenAsync(tiers._listener, cancellationToken).ConfigureAwait(false);
            return tiers;
        }
        catch
        {
            await tiers.StopHearingAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Looks a key up, and tells which tier answered.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TieredLookup> LookUpAsync(string key, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        TieredLookup found;
        try { found = await _lookups.GetAsync(key, cancellationToken).ConfigureAwait(false); }
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
        CheckLease(draft, nameof(options));
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
        NearHits = _lookups.NearHits,
        FarHits = _lookups.FarHits,
        StaleHits = _lookups.StaleHits,
        Misses = _lookups.Misses,
        Promotions = _lookups.Promotions,
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
    protected override async ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => (await _lookups.GetAsync(key, cancellationToken).ConfigureAwait(false)).Value;

    // A copy in memory goes into the buffer without a step between.
    /// <inheritdoc/>
    protected override ValueTask<bool> TryGetCoreAsync(string key, IBufferWriter<byte> destination, CancellationToken cancellationToken) =>
        _lookups.TryGetNear(key, destination) ? new(true) : base.TryGetCoreAsync(key, destination, cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => _lookups.GetManyAsync(keys, cancellationToken);

    // The far tier's word on ends and versions, which copies do not have.
    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        _far.AskAsync(keys, static (far, keys, token) => far.LookUpEntriesAsync(keys, token), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        _far.AskAsync(key, static (far, key, token) => far.GetEntryAsync(key, token), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<FillLease> LeaseCoreAsync(string key, CancellationToken cancellationToken) =>
        _far.AskAsync(key, static (far, key, token) => far.LeaseAsync(key, token), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) =>
        _far.AskAsync(key, static (far, key, token) => far.ExistsAsync(key, token), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        _far.AskAsync(keys, static (far, keys, token) => far.ExistsManyAsync(keys, token), cancellationToken);

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
        var keys = await _far.AskAsync(pattern.Text, BeginAsync, cancellationToken).ConfigureAwait(false);
        await using (keys.Listing.ConfigureAwait(false))
        {
            for (var isThere = keys.IsThere; isThere; isThere = await _far.NoteFaultAsync(keys.Listing.MoveNextAsync()).ConfigureAwait(false)) yield return keys.Listing.Current;
        }

        static async ValueTask<(IAsyncEnumerator<string> Listing, bool IsThere)> BeginAsync(CacheBackend far, string pattern, CancellationToken cancellationToken)
        {
            var listing = far.KeysAsync(pattern, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                return (listing, await listing.MoveNextAsync().ConfigureAwait(false));
            }
            catch
            {
                await listing.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken)
    {
        var stats = await _far.AskAsync(0, static (far, _, token) => far.GetStatsAsync(token), cancellationToken).ConfigureAwait(false);
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

    private async ValueTask CloseAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        try
        {
            if (_sender is not null) await _sender.DisposeAsync().ConfigureAwait(false);
            await StopHearingAsync().ConfigureAwait(false);
        }
        finally
        {
            try
            {
                await _nearBackend.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                await _farBackend.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask StopHearingAsync()
    {
        if (_farBackend.Capabilities.NoticesEmptied) _farBackend.Emptied -= _listener.OnEmptied;
        if (_channel is not null) await _channel.DisposeAsync().ConfigureAwait(false);
    }
}
