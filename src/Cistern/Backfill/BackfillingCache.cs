using System.Buffers;

namespace Cistern;

/// <summary>
/// A cache that watches its miss rate and refills itself from its source: over any backend, for any number of concurrent callers. It owns
/// neither backend nor source; dispose it before them.
/// </summary>
/// <remarks>
/// A lookup asks the backend. A hit is the answer. A miss is counted, and past the threshold one backfill loads a batch; then the key
/// itself is read from the source if the batch did not bring it, and cached. This file is the only one that knows that order.
/// What is loaded never replaces a value that was set meanwhile; with versions from the source, never a newer one.
/// </remarks>
public sealed class BackfillingCache : IAsyncDisposable
{
    private readonly CacheBackend _backend;
    private readonly ICacheSource _source;
    private readonly BackfillOptions _options;
    private readonly BackfillGate _gate;
    private readonly BackfillRun _backfill;
    private readonly FillOptions _fill;
    private readonly KeyFlights _flights;
    private readonly RememberedKeys _absent;
    private readonly SemaphoreSlim _bypass;
    private Task _background = Task.CompletedTask;
    private long _backendFaults;
    private int _disposed;

    /// <summary>Creates a cache over a backend and its source.</summary>
    /// <param name="backend">Where entries live.</param>
    /// <param name="source">The authority behind them.</param>
    /// <param name="options">When and how much to refill. Null: the defaults.</param>
    /// <param name="timeProvider">The clock of windows, cooldowns, timeouts and the audit. Null: <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public BackfillingCache(CacheBackend backend, ICacheSource source, BackfillOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(source);
        _options = options ?? new BackfillOptions();
        _options.Validate();
        _backend = backend;
        _source = source;
        var clock = timeProvider ?? TimeProvider.System;
        _gate = new BackfillGate(_options, clock);
        _fill = new FillOptions(_options);
        _flights = new KeyFlights(_options.SourceTimeout, clock);
        _absent = new RememberedKeys(_options.MaxRememberedSourceMisses);
        _bypass = new SemaphoreSlim(_options.MaxBypassReads);
        Audit = new AuditLog(_options.AuditCapacity, _options.AuditSink);
        _backfill = new BackfillRun(new BatchLoader(backend, source, _fill), _gate, _absent, Audit, _options, clock);
    }

    /// <summary>What was decided, and why.</summary>
    public AuditLog Audit { get; }

    /// <summary>The figures now.</summary>
    public BackfillStats Stats => _gate.ReadStats(Interlocked.Read(ref _backendFaults));

    /// <summary>Looks a key up and returns its value, from the backend or else from the source; null when the source does not have it either.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends this caller's wait; a source read or backfill that has begun goes on.</param>
    /// <exception cref="CacheSourceException">The source failed or did not answer in time.</exception>
    /// <exception cref="CacheBackendException">The backend failed, and the options do not bypass it.</exception>
    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        var lookup = LookUpAsync(key, cancellationToken);
        return lookup.IsCompletedSuccessfully ? new(lookup.Result.Value) : ValueOfAsync(lookup);
    }

    /// <summary>Looks a key up like <see cref="GetAsync"/>, and also tells where the value came from.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends this caller's wait; a source read or backfill that has begun goes on.</param>
    /// <exception cref="CacheSourceException">The source failed or did not answer in time.</exception>
    /// <exception cref="CacheBackendException">The backend failed, and the options do not bypass it.</exception>
    public ValueTask<CacheLookup> LookUpAsync(string key, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var landings = _flights.Landings;
        ValueTask<byte[]?> get;
        try { get = _backend.GetAsync(key, cancellationToken); }
        catch (CacheBackendException) when (_options.OnBackendFault == BackendFaultHandling.Bypass) { return BypassAsync(key, landings, cancellationToken); }

        // A hit in memory is worth a path without a state machine.
        return get.IsCompletedSuccessfully ? Answer(key, get.Result, landings, cancellationToken) : AnswerAsync(key, get, landings, cancellationToken);
    }

    /// <summary>
    /// Looks a key up like <see cref="GetAsync"/> and appends its value to a buffer: a hit in memory allocates nothing. The result tells
    /// where the value came from and does not hold it.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Where the value goes; untouched when the key is not found.</param>
    /// <param name="cancellationToken">Ends this caller's wait; a source read or backfill that has begun goes on.</param>
    /// <exception cref="CacheSourceException">The source failed or did not answer in time.</exception>
    /// <exception cref="CacheBackendException">The backend failed, and the options do not bypass it.</exception>
    public ValueTask<CacheLookup> LookUpAsync(string key, IBufferWriter<byte> destination, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var landings = _flights.Landings;
        ValueTask<bool> get;
        try { get = _backend.TryGetAsync(key, destination, cancellationToken); }
        catch (CacheBackendException) when (_options.OnBackendFault == BackendFaultHandling.Bypass) { return AppendAsync(BypassAsync(key, landings, cancellationToken), destination); }

        if (!get.IsCompletedSuccessfully) return AnswerAsync(key, get, landings, destination, cancellationToken);
        if (!get.Result) return AppendAsync(LoadMissAsync(key, landings, cancellationToken), destination);
        _gate.RecordHit();
        return new(new CacheLookup(CacheLookupOutcome.Hit, null));
    }

    /// <summary>Sets a value in the backend. The source is not written.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="options">How it is set. Null: <see cref="SetOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait; whether the write happened is then unknown.</param>
    public async ValueTask<SetOutcome> SetAsync(string key, ReadOnlyMemory<byte> value, SetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        var outcome = await _backend.SetAsync(key, value, options, cancellationToken).ConfigureAwait(false);
        if (outcome == SetOutcome.Stored) _absent.Remove(key);
        return outcome;
    }

    /// <summary>Loads everything that the backend lacks and has room for, whatever the miss rate; returns how many entries were stored. Spends no limit.</summary>
    /// <param name="cancellationToken">Ends the load; what was loaded stays.</param>
    /// <exception cref="CacheSourceException">The source failed.</exception>
    /// <exception cref="CacheBackendException">The backend failed.</exception>
    public async Task<long> ForceBackfillAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        LoadedBatch batch;
        try { batch = await _backfill.RunForcedAsync(cancellationToken).ConfigureAwait(false); }
        catch (OperationCanceledException ended) when (!cancellationToken.IsCancellationRequested) { throw new ObjectDisposedException("The cache was disposed while it was loading.", ended); }
        if (batch.Error is null) return batch.Loaded;
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        throw batch.Error is CacheBackendException ? batch.Error : AsSourceFault(batch.Error);
    }

    /// <summary>Opens the limits on automatic backfills again, after manual intervention was required or before it is.</summary>
    public void Resume()
    {
        ThrowIfDisposed();
        _backfill.Resume();
    }

    /// <summary>Completes when no automatic backfill runs in the background.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitForBackfillAsync(CancellationToken cancellationToken = default) => Volatile.Read(ref _background).WaitAsync(cancellationToken);

    /// <summary>Ends every flight and backfill, and hands the audit to its sink. Callers who wait get <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;

        // In this order: a flight whose backfill ends first would go on to read the source.
        _flights.Dispose();
        _backfill.Dispose();
        await Volatile.Read(ref _background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Audit.Flush();
    }

    private static async ValueTask<byte[]?> ValueOfAsync(ValueTask<CacheLookup> lookup) => (await lookup.ConfigureAwait(false)).Value;

    private async ValueTask<CacheLookup> AnswerAsync(string key, ValueTask<byte[]?> get, long landings, CancellationToken cancellationToken)
    {
        byte[]? value;
        try { value = await get.ConfigureAwait(false); }
        catch (CacheBackendException) when (_options.OnBackendFault == BackendFaultHandling.Bypass) { return await BypassAsync(key, landings, cancellationToken).ConfigureAwait(false); }
        return await Answer(key, value, landings, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<CacheLookup> AnswerAsync(string key, ValueTask<bool> get, long landings, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        bool found;
        try { found = await get.ConfigureAwait(false); }
        catch (CacheBackendException) when (_options.OnBackendFault == BackendFaultHandling.Bypass) { return await AppendAsync(BypassAsync(key, landings, cancellationToken), destination).ConfigureAwait(false); }
        if (!found) return await AppendAsync(LoadMissAsync(key, landings, cancellationToken), destination).ConfigureAwait(false);
        _gate.RecordHit();
        return new CacheLookup(CacheLookupOutcome.Hit, null);
    }

    private static async ValueTask<CacheLookup> AppendAsync(ValueTask<CacheLookup> lookup, IBufferWriter<byte> destination)
    {
        var answer = await lookup.ConfigureAwait(false);
        if (answer.Value is { } value) destination.Write(value);
        return answer with { Value = null };
    }

    private ValueTask<CacheLookup> Answer(string key, byte[]? value, long landings, CancellationToken cancellationToken)
    {
        if (value is null) return LoadMissAsync(key, landings, cancellationToken);
        _gate.RecordHit();
        return new(new CacheLookup(CacheLookupOutcome.Hit, value));
    }

    private async ValueTask<CacheLookup> BypassAsync(string key, long landings, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _backendFaults);
        return await _flights.JoinOrLead(key, landings, first: null, (_, token) => ReadAroundAsync(key, token)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<CacheLookup> LoadMissAsync(string key, long landings, CancellationToken cancellationToken)
    {
        var miss = _gate.RecordMiss(_options.ExcludeSourceMisses && _absent.Contains(key));
        if (miss.Decision == BackfillDecision.Refused) await _backfill.RefuseAsync(miss, cancellationToken).ConfigureAwait(false);
        var backfill = miss.Decision == BackfillDecision.Run ? StartBackfill(miss) : null;

        var flight = _flights.JoinOrLead(key, landings, backfill, (lookAgain, token) => LoadKeyAsync(key, backfill, lookAgain, token));

        // Whoever leads the flight has the backfill inside it. Whoever joined another's flight and caused the backfill waits for both.
        if (backfill is { IsCompleted: false }) await backfill.WaitAsync(cancellationToken).ConfigureAwait(false);
        var lookup = flight.IsCompleted ? await flight.ConfigureAwait(false) : await flight.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (lookup.Outcome == CacheLookupOutcome.NotFound) _gate.RecordSourceMiss(miss.Place);
        return lookup;
    }

    // The flight of one key: after the backfill that its miss caused, the key itself unless the batch brought it.
    private async ValueTask<CacheLookup> LoadKeyAsync(string key, Task<LoadedBatch>? backfill, bool lookAgain, CancellationToken cancellationToken)
    {
        if (backfill is not null && (await backfill.ConfigureAwait(false)).Find(key) is { } brought) return FromSource(brought);
        if (lookAgain && await LookAgainAsync(key, cancellationToken).ConfigureAwait(false) is { } landed) return FromBackend(landed);

        // Before the source is read: who deletes the key while its value is on its way must not find it there again.
        var lease = await LeaseAsync(key, cancellationToken).ConfigureAwait(false);
        if (await ReadSourceAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry) return Absent(key);
        return await FillAsync(entry, lease, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<FillLease> LeaseAsync(string key, CancellationToken cancellationToken)
    {
        if (!_backend.Capabilities.GivesLeases) return default;
        try { return await _backend.LeaseAsync(key, cancellationToken).ConfigureAwait(false); }
        catch (CacheBackendException) when (_options.OnBackendFault == BackendFaultHandling.Bypass)
        {
            Interlocked.Increment(ref _backendFaults);
            return default;
        }
    }

    private async ValueTask<CacheEntry?> LookAgainAsync(string key, CancellationToken cancellationToken)
    {
        try { return await _backend.GetEntryAsync(key, cancellationToken).ConfigureAwait(false); }
        catch (CacheBackendException) when (_options.OnBackendFault == BackendFaultHandling.Bypass)
        {
            Interlocked.Increment(ref _backendFaults);
            return null;
        }
    }

    private async ValueTask<CacheLookup> FillAsync(SourceEntry entry, FillLease lease, CancellationToken cancellationToken)
    {
        _absent.Remove(entry.Key);
        try
        {
            var outcome = await _backend.SetAsync(entry.Key, entry.Value, lease.IsNone ? _fill.For(entry) : _fill.For(entry) with { Lease = lease }, cancellationToken).ConfigureAwait(false);

            // Somebody set a value while this one was read: theirs is the newer.
            if (outcome is SetOutcome.Present or SetOutcome.Superseded
                && await _backend.GetEntryAsync(entry.Key, cancellationToken).ConfigureAwait(false) is { } newer) return FromBackend(newer);
        }
        catch (CacheBackendException) when (_options.OnBackendFault == BackendFaultHandling.Bypass)
        {
            Interlocked.Increment(ref _backendFaults);
        }

        return FromSource(entry);
    }

    private async ValueTask<CacheLookup> ReadAroundAsync(string key, CancellationToken cancellationToken)
    {
        await _bypass.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ReadSourceAsync(key, cancellationToken).ConfigureAwait(false) is { } entry ? FromSource(entry) : Absent(key);
        }
        finally
        {
            _bypass.Release();
        }
    }

    private async ValueTask<SourceEntry?> ReadSourceAsync(string key, CancellationToken cancellationToken)
    {
        try { return await _source.ReadAsync(key, cancellationToken).ConfigureAwait(false); }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested) { throw AsSourceFault(error); }
    }

    // Inline, the lookup that caused it waits for the whole of it. In the background it is given a thread of its own from the start, as a
    // source may well do its first page synchronously.
    private Task<LoadedBatch>? StartBackfill(RecordedMiss miss)
    {
        if (_options.Mode == BackfillMode.Inline) return _backfill.RunAsync(miss);
        Volatile.Write(ref _background, Task.Run(() => _backfill.RunAsync(miss)));
        return null;
    }

    private CacheLookup Absent(string key)
    {
        if (_options.ExcludeSourceMisses) _absent.Add(key);
        return new CacheLookup(CacheLookupOutcome.NotFound, null);
    }

    private static CacheLookup FromBackend(CacheEntry entry) => new(CacheLookupOutcome.Loaded, entry.Value.ToArray()) { Metadata = entry.Metadata.Count == 0 ? null : entry.Metadata };

    private static CacheLookup FromSource(SourceEntry entry) => new(CacheLookupOutcome.Loaded, entry.Value.ToArray()) { Metadata = entry.Metadata };

    private CacheSourceException AsSourceFault(Exception error) => error as CacheSourceException ?? new CacheSourceException($"{_source.Name}: {error.Message}", error);

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
