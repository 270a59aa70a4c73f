using System.Buffers;
using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>
/// Where entries live: the contract of every backend. The public members validate their arguments, count, and wrap faults; a backend
/// implements the protected cores and nothing else. Every member is safe for concurrent use.
/// </summary>
/// <remarks>
/// Keys are strings without NUL and lone surrogates, of at most 64 KiB of UTF-8; values are bytes. A fault of the backend is thrown as
/// <see cref="CacheBackendException"/> and is never a miss. A write that was cancelled or failed in flight may or may not have happened.
/// Time is the caller's <see cref="System.TimeProvider"/>, to the millisecond.
/// </remarks>
// Past 400 lines because the contract is read as a whole: each public member beside the core it calls, most lines their documentation.
public abstract class CacheBackend : IAsyncDisposable, IDisposable
{
    private readonly StatsCounters _counters;
    private readonly CacheBackend? _wrapped;
    private readonly Lock _emptiedLock = new();
    private EventHandler? _emptied;
    private bool _isWatching;
    private int _disposed;

    /// <summary>Creates the base of a backend.</summary>
    /// <param name="name">What the backend is called in statistics and errors. Holds no secret.</param>
    /// <param name="timeProvider">The clock. Null: <see cref="TimeProvider.System"/>.</param>
    protected CacheBackend(string name, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        TimeProvider = timeProvider ?? TimeProvider.System;
        _counters = new StatsCounters();
    }

    /// <summary>
    /// Creates the base of a wrapper, a backend that hands its work to another one. It is called as that one is and has its clock; it counts
    /// what it is itself asked, and takes evictions and expirations, which only the other one sees, from there.
    /// </summary>
    /// <param name="wrapped">The other one.</param>
    protected CacheBackend(CacheBackend wrapped)
    {
        ArgumentNullException.ThrowIfNull(wrapped);
        _wrapped = wrapped;
        Name = wrapped.Name;
        TimeProvider = wrapped.TimeProvider;
        _counters = new StatsCounters(wrapped._counters);
    }

    /// <summary>
    /// Raised when the backend has noticed that its entries are gone though nobody asked it to remove them: a server that came back empty, was emptied by somebody else, or is another one. Raised on a thread of the pool, within
    /// seconds of it or at the next call, by backends with <see cref="BackendCapabilities.NoticesEmptied"/>, which look only while somebody has asked to be told. What a handler throws is lost.
    /// </summary>
    public event EventHandler? Emptied
    {
        add
        {
            if (_wrapped is not null) _wrapped.Emptied += value;
            else AddWatcher(value);
        }

        remove
        {
            if (_wrapped is not null) _wrapped.Emptied -= value;
            else RemoveWatcher(value);
        }
    }

    /// <summary>What the backend is called in statistics and errors.</summary>
    public string Name { get; }

    /// <summary>In what this backend differs from others.</summary>
    public abstract BackendCapabilities Capabilities { get; }

    /// <summary>
    /// How many entries have left the backend for any reason (deleted, cleared, evicted, expired) since it was opened; null when it
    /// cannot know, as others may remove entries too. Two equal readings mean that whatever was there at the first is still there: an
    /// expiration counts at its instant, though nobody has looked; overwriting is no removal.
    /// </summary>
    public virtual long? RemovalCount => null;

    /// <summary>The clock.</summary>
    protected TimeProvider TimeProvider { get; }

    /// <summary>Now, in milliseconds since 1970-01-01 UTC. A backend whose entries end with the process may count on from when it was opened instead, so that no jump of the wall clock touches a TTL.</summary>
    protected virtual long NowMilliseconds => TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    internal StatsCounters Counters => _counters;

    /// <summary>All bytes that an entry without metadata would hold against the bound on memory; null when the backend has no such account.</summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="valueLength">The length of its value in bytes.</param>
    public virtual long? EstimateMemoryBytes(string key, long valueLength) => null;

    /// <summary>
    /// The most bytes that all entries together may hold now against the bound on memory: the bound, less what tombstones take of it. Null:
    /// no such bound. What is loaded beyond it evicts.
    /// </summary>
    public virtual long? MaxEntriesMemoryBytes => Capabilities.MaxMemoryBytes;

    /// <summary>
    /// Tells that some keys are about to be looked up, one after another. Only a hint: it changes, counts and promises nothing, and where a
    /// backend has no use for it, it does nothing. Worth it for whoever knows the next dozen keys of millions.
    /// </summary>
    /// <param name="keys">The keys in the order of their lookups, about a dozen; a backend may leave the rest of more.</param>
    public virtual void Prefetch(ReadOnlySpan<string> keys)
    {
    }

    /// <summary>Looks a key up and returns its value as a fresh array; null on a miss.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        ValueTask<byte[]?> get;
        try { get = GetCoreAsync(key, cancellationToken); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "get"); }

        // Single lookups are hot enough to be worth a path without a state machine.
        if (!get.IsCompletedSuccessfully) return CountGetAsync(get, cancellationToken);
        var value = get.Result;
        _counters.CountLookup(value is not null);
        return new(value);
    }

    /// <summary>Looks a key up and appends its value to a buffer; false on a miss.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Where the value goes; untouched on a miss.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        ArgumentNullException.ThrowIfNull(destination);
        ValueTask<bool> get;
        try { get = TryGetCoreAsync(key, destination, cancellationToken); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "get"); }
        if (!get.IsCompletedSuccessfully) return CountTryGetAsync(get, cancellationToken);
        var found = get.Result;
        _counters.CountLookup(found);
        return new(found);
    }

    /// <summary>Reads a whole entry for inspection; null when no live entry is there. Neither counts nor refreshes recency.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<CacheEntry?> GetEntryAsync(string key, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        CacheEntry? entry;
        try { entry = await GetEntryCoreAsync(key, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "get entry"); }
        return entry is null ? null : WithoutFuture(entry, Now());
    }

    /// <summary>Sets a value. Any outcome but <see cref="SetOutcome.Stored"/> leaves the previous value untouched.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="options">How it is set. Null: <see cref="SetOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait; whether the write happened is then unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">The TTL is not greater than zero, or an instant of expiration is not in the future.</exception>
    public ValueTask<SetOutcome> SetAsync(string key, ReadOnlyMemory<byte> value, SetOptions? options = null, CancellationToken cancellationToken = default) =>
        SetAsync(key, new ReadOnlySequence<byte>(value), options, cancellationToken);

    /// <summary>Sets a value that lies in several segments. Any outcome but <see cref="SetOutcome.Stored"/> leaves the previous value untouched.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="options">How it is set. Null: <see cref="SetOptions.Default"/>.</param>
    /// <param name="cancellationToken">Ends the wait; whether the write happened is then unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">The TTL is not greater than zero, or an instant of expiration is not in the future.</exception>
    public async ValueTask<SetOutcome> SetAsync(string key, ReadOnlySequence<byte> value, SetOptions? options = null, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        var draft = Expiration.Draft(key, value, options ?? SetOptions.Default, NowMilliseconds, TimeProvider);
        CheckLease(draft, nameof(options));
        SetOutcome outcome;
        try { outcome = await SetCoreAsync(draft, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "set"); }
        if (outcome == SetOutcome.Stored) _counters.Count(StatsCount.Set, 1);
        return outcome;
    }

    /// <summary>
    /// Takes a lease on an absent key, for whoever is about to bring its value from elsewhere, which takes a while: the value is then set with the lease (<see cref="SetOptions.Lease"/>), and refused if anybody set or deleted the
    /// key meanwhile. Several may have leases on one key; the first to set it wins. No lease: a live entry is there. Not a lookup.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotSupportedException">The backend does not have the capability <see cref="BackendCapabilities.GivesLeases"/>.</exception>
    public async ValueTask<FillLease> LeaseAsync(string key, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        if (!Capabilities.GivesLeases) throw new NotSupportedException($"{Name}: the backend gives no leases.");
        try { return await LeaseCoreAsync(key, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "lease"); }
    }

    /// <summary>Gives a live entry a new TTL without moving its value; true if one was there. Does not refresh recency.</summary>
    /// <param name="key">The key.</param>
    /// <param name="timeToLive">The new TTL from now; null: none. The entry's absolute expiration, if it has one, caps it.</param>
    /// <param name="cancellationToken">Ends the wait; whether the write happened is then unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">The TTL is not greater than zero.</exception>
    public async ValueTask<bool> TouchAsync(string key, TimeSpan? timeToLive, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        var expiresAt = Expiration.FromTimeToLive(timeToLive, NowMilliseconds, nameof(timeToLive));
        try { return await TouchCoreAsync(key, expiresAt, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "touch"); }
    }

    /// <summary>Deletes a key, with its version and tombstone; true if a live entry was there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait; whether the deletion happened is then unknown.</param>
    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) => DeleteAsync(key, null, cancellationToken);

    /// <summary>
    /// Deletes a key unless its entry is newer, and leaves a tombstone that keeps this version and older ones out, even where no entry was.
    /// True if a live entry was deleted.
    /// </summary>
    /// <remarks>
    /// The tombstone keeps the highest version that was deleted, and lasts its full time from the last versioned delete, whatever that one's
    /// version. It ends sooner when anything is stored over it, or by a delete without a version: a newer entry takes the protection over,
    /// and takes it along when it goes.
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <param name="version">The version of the deletion. Older than the entry's: nothing changes, and no tombstone is left.</param>
    /// <param name="cancellationToken">Ends the wait; whether the deletion happened is then unknown.</param>
    public ValueTask<bool> DeleteAsync(string key, long version, CancellationToken cancellationToken = default) => DeleteAsync(key, (long?)version, cancellationToken);

    /// <summary>Whether a live entry is there. Not a lookup: it neither counts nor refreshes recency.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> ExistsAsync(string key, CancellationToken cancellationToken = default)
    {
        Begin(key, cancellationToken);
        try { return await ExistsCoreAsync(key, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "exists"); }
    }

    /// <summary>Removes every entry, with its version; returns how many live ones that were. Tombstones stay. Not counted as deletes.</summary>
    /// <param name="cancellationToken">Ends the wait; how much was removed is then unknown.</param>
    /// <exception cref="CacheBackendException">Also of a backend without the capability <see cref="BackendCapabilities.ListsKeys"/>.</exception>
    public async ValueTask<long> ClearAsync(CancellationToken cancellationToken = default)
    {
        Begin(cancellationToken);
        try { return await ClearCoreAsync(cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "clear"); }
    }

    /// <summary>Looks several keys up, in one round trip where the backend can; returns what was found. Each distinct key is one lookup.</summary>
    /// <param name="keys">The keys; duplicates are asked for once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var distinct = Begin(keys, cancellationToken);
        IReadOnlyDictionary<string, byte[]> found;
        try { found = await GetManyCoreAsync(distinct, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "get many"); }
        _counters.Count(StatsCount.Hit, found.Count);
        _counters.Count(StatsCount.Miss, distinct.Count - found.Count);
        return found;
    }

    /// <summary>
    /// Looks several keys up and returns the whole entries of those that were found: <see cref="GetManyAsync"/> for whoever keeps copies, which must end when the entries do. One round trip where the
    /// backend can; each distinct key is one lookup.
    /// </summary>
    /// <param name="keys">The keys; duplicates are asked for once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var distinct = Begin(keys, cancellationToken);
        IReadOnlyDictionary<string, CacheEntry> found;
        try { found = await LookUpEntriesCoreAsync(distinct, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "look up entries"); }
        _counters.Count(StatsCount.Hit, found.Count);
        _counters.Count(StatsCount.Miss, distinct.Count - found.Count);
        var now = Now();
        return found.Values.Any(entry => entry.CreatedAt > now) ? found.ToDictionary(pair => pair.Key, pair => WithoutFuture(pair.Value, now)) : found;
    }

    /// <summary>Asks for several keys whether a live entry is there, in one round trip where the backend can; returns the keys that have one. Not a lookup.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlySet<string>> ExistsManyAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var distinct = Begin(keys, cancellationToken);
        try { return await ExistsManyCoreAsync(distinct, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "exists many"); }
    }

    /// <summary>
    /// Sets several values, in one round trip where the backend can; returns one outcome per request, in order, as if they had been set
    /// one after another, duplicates included: each of them has its outcome, and each stored one is counted. A refused value never fails its
    /// batch; invalid arguments fail it before anything is stored.
    /// </summary>
    /// <param name="requests">What to set. Of duplicate keys the last one wins.</param>
    /// <param name="cancellationToken">Ends the wait; which writes happened is then unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">A TTL is not greater than zero, or an instant of expiration is not in the future.</exception>
    public async ValueTask<IReadOnlyList<SetOutcome>> SetManyAsync(IEnumerable<SetRequest> requests, CancellationToken cancellationToken = default)
    {
        Begin(cancellationToken);
        ArgumentNullException.ThrowIfNull(requests);
        using var drafts = new DraftBatch(requests.TryGetNonEnumeratedCount(out var count) ? Math.Max(1, count) : 16);
        var (now, wall) = (NowMilliseconds, TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var request in requests)
        {
            CacheKey.Validate(request.Key, nameof(requests));
            var draft = Expiration.Draft(request.Key, new ReadOnlySequence<byte>(request.Value), request.Options ?? SetOptions.Default, now, TimeProvider, wall);
            CheckLease(draft, nameof(requests));
            drafts.Add(draft);
        }

        IReadOnlyList<SetOutcome> outcomes;
        try { outcomes = await SetManyCoreAsync(drafts, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "set many"); }
        var stored = 0;
        for (var i = 0; i < outcomes.Count; i++) stored += outcomes[i] == SetOutcome.Stored ? 1 : 0;
        if (stored != 0) _counters.Count(StatsCount.Set, stored);
        return outcomes;
    }

    /// <summary>Deletes several keys, with their versions and tombstones, in one round trip where the backend can; returns how many live entries that were.</summary>
    /// <param name="keys">The keys; duplicates are deleted once.</param>
    /// <param name="cancellationToken">Ends the wait; which deletions happened is then unknown.</param>
    public async ValueTask<long> DeleteManyAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var distinct = Begin(keys, cancellationToken);
        long deleted;
        try { deleted = await DeleteManyCoreAsync(distinct, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "delete many"); }
        if (deleted != 0) _counters.Count(StatsCount.Delete, deleted);
        return deleted;
    }

    /// <summary>
    /// Lists the keys that match a glob, in no particular order. A key that is live throughout appears at least once, and only once unless
    /// the backend has the capability <see cref="BackendCapabilities.KeysMayRepeat"/>; changes made meanwhile may or may not show.
    /// The backend may be changed while listing; once it is disposed, the listing throws. Each enumeration lists anew.
    /// </summary>
    /// <param name="pattern">A glob by the rules of <see cref="KeyPattern"/>. Default: every key.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    /// <exception cref="CacheBackendException">As it is enumerated. Also of a backend without the capability <see cref="BackendCapabilities.ListsKeys"/>, unless the pattern has no wildcard.</exception>
    public IAsyncEnumerable<string> KeysAsync(string pattern = "*", CancellationToken cancellationToken = default)
    {
        Begin(cancellationToken);
        return ListAsync(KeyPattern.Parse(pattern), cancellationToken);
    }

    /// <summary>A snapshot of the statistics.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<CacheStats> GetStatsAsync(CancellationToken cancellationToken = default)
    {
        Begin(cancellationToken);
        BackendUsage usage;
        try { usage = await GetUsageCoreAsync(cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "stats"); }
        var counted = _counters.Read();
        return new CacheStats
        {
            Backend = Name,
            Hits = counted.Hits,
            Misses = counted.Misses,
            Sets = counted.Sets,
            Deletes = counted.Deletes,
            Evictions = Capabilities.ReportsEvictions ? counted.Evictions : null,
            Expirations = Capabilities.ReportsExpirations ? counted.Expirations : null,
            CurrentEntries = usage.Entries,
            CurrentSizeBytes = usage.SizeBytes,
            MaxSizeBytes = Capabilities.MaxSizeBytes,
            MemoryBytes = usage.MemoryBytes,
            MaxMemoryBytes = Capabilities.MaxMemoryBytes,
        };
    }

    /// <summary>Sets every counter of this instance to zero. Entries and sizes stay.</summary>
    public void ResetStats()
    {
        ThrowIfDisposed();
        _counters.Reset();
    }

    /// <summary>
    /// Flushes what is pending and closes the backend. Further calls do nothing; every other method then throws
    /// <see cref="ObjectDisposedException"/>, while what the backend is (name, capabilities) and what was read before stay readable.
    /// </summary>
    /// <exception cref="CacheBackendException">What was pending could not be flushed. The backend is closed all the same.</exception>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        RemoveWatchers();
        try { DisposeCore(); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "dispose"); }
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        RemoveWatchers();
        try { await DisposeCoreAsync().ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "dispose"); }
    }

    /// <summary>Returns the value of a live entry as a fresh array, and refreshes its recency; null when none is there.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken);

    /// <summary>Appends the value of a live entry to a buffer, and refreshes its recency; false when none is there. Default: by <see cref="GetCoreAsync"/>.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="destination">Where the value goes; untouched when none is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected virtual async ValueTask<bool> TryGetCoreAsync(string key, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        var value = await GetCoreAsync(key, cancellationToken).ConfigureAwait(false);
        if (value is null) return false;
        destination.Write(value);
        return true;
    }

    /// <summary>Returns a live entry whole, without refreshing its recency; null when none is there.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Stores an entry if it fits and its condition holds, asked in this order. What is stored takes the place of the key's entry and
    /// tombstone whole, and is never evicted for its own sake. What is refused changes nothing, recency included.
    /// </summary>
    /// <param name="draft">The entry; its value is borrowed until the returned task completes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken);

    /// <summary>Gives a lease on an absent key; none when a live entry is there. For backends with the capability <see cref="BackendCapabilities.GivesLeases"/>, which get drafts with leases. Default: none.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected virtual ValueTask<FillLease> LeaseCoreAsync(string key, CancellationToken cancellationToken) => default;

    /// <summary>Gives a live entry a new end, no later than its absolute one, and leaves all else, recency included; false when none is there.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="expiresAtMilliseconds">The first millisecond at which it is no longer live; null: never.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a key; true if a live entry was there. Without a version, the tombstone goes too. With one: an entry with a higher version
    /// stays, and nothing changes; otherwise a tombstone is left for its full time from now, whose version is the highest deleted.
    /// </summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="version">The version of the deletion, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken);

    /// <summary>Whether a live entry is there.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken);

    /// <summary>Removes every entry, keeps tombstones; returns how many live entries that were.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken);

    /// <summary>Lists live keys that match a pattern. Must hold no lock and no transaction while the caller handles an item.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    protected abstract IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken);

    /// <summary>What the backend holds now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken);

    /// <summary>Looks several keys up. Default: one after another.</summary>
    /// <param name="keys">Valid, distinct keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected virtual async ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        foreach (var key in keys)
        {
            if (await GetCoreAsync(key, cancellationToken).ConfigureAwait(false) is { } value) found.Add(key, value);
        }

        return found;
    }

    /// <summary>Looks several keys up and returns their whole entries. Default: by <see cref="GetManyCoreAsync"/>, and then what was found by <see cref="GetEntryCoreAsync"/>, one after another.</summary>
    /// <param name="keys">Valid, distinct keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected virtual async ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, CacheEntry>(keys.Count);
        foreach (var key in (await GetManyCoreAsync(keys, cancellationToken).ConfigureAwait(false)).Keys)
        {
            // The inspection is the later one: what has gone or changed since is told as it is now.
            if (await GetEntryCoreAsync(key, cancellationToken).ConfigureAwait(false) is { } entry) entries.Add(key, entry);
        }

        return entries;
    }

    /// <summary>Asks for several keys whether a live entry is there. Default: one after another.</summary>
    /// <param name="keys">Valid, distinct keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected virtual async ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var present = new HashSet<string>();
        foreach (var key in keys)
        {
            if (await ExistsCoreAsync(key, cancellationToken).ConfigureAwait(false)) present.Add(key);
        }

        return present;
    }

    /// <summary>Sets several entries with the outcomes of setting them one after another. Default: does exactly that.</summary>
    /// <param name="drafts">The entries, as <see cref="SetCoreAsync"/> gets them; the list, too, is borrowed until the returned task completes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected virtual async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = new SetOutcome[drafts.Count];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = await SetCoreAsync(drafts[i], cancellationToken).ConfigureAwait(false);
        return outcomes;
    }

    /// <summary>Deletes several keys without a version; returns how many live entries that were. Default: one after another.</summary>
    /// <param name="keys">Valid, distinct keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected virtual async ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        foreach (var key in keys)
        {
            if (await DeleteCoreAsync(key, null, cancellationToken).ConfigureAwait(false)) deleted++;
        }

        return deleted;
    }

    /// <summary>Flushes and closes. Called once. Default: nothing.</summary>
    protected virtual void DisposeCore()
    {
    }

    /// <summary>Flushes and closes. Called once, instead of <see cref="DisposeCore"/>. Default: calls it.</summary>
    protected virtual ValueTask DisposeCoreAsync()
    {
        DisposeCore();
        return default;
    }

    /// <summary>Begins to look whether entries are lost, which <see cref="TellEmptied"/> then tells, until <see cref="UnwatchEmptied"/>. Called when somebody begins to want to know. Must not wait. Default: nothing.</summary>
    protected virtual void WatchEmptied()
    {
    }

    /// <summary>Looks no more, as nobody wants to know any more, or the backend is about to be closed; <see cref="WatchEmptied"/> may be called again. Must not wait. Default: nothing.</summary>
    protected virtual void UnwatchEmptied()
    {
    }

    /// <summary>Tells whoever wants to know that the entries are gone. Never throws. For backends with the capability <see cref="BackendCapabilities.NoticesEmptied"/>.</summary>
    protected void TellEmptied()
    {
        EventHandler? handlers;
        lock (_emptiedLock) handlers = _emptied;
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(this, EventArgs.Empty);
            }
            catch (Exception)
            {
                // Whoever watches must not end the watching.
            }
        }
    }

    /// <summary>Counts entries removed for room. For backends with the capability <see cref="BackendCapabilities.ReportsEvictions"/>.</summary>
    /// <param name="count">How many.</param>
    protected void CountEvictions(long count) => _counters.Count(StatsCount.Eviction, count);

    /// <summary>Counts entries removed because their time was over. For backends with the capability <see cref="BackendCapabilities.ReportsExpirations"/>.</summary>
    /// <param name="count">How many.</param>
    protected void CountExpirations(long count) => _counters.Count(StatsCount.Expiration, count);

    /// <summary>Throws <see cref="ObjectDisposedException"/> once the backend is disposed.</summary>
    protected void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);

    internal void Begin(string key, CancellationToken cancellationToken)
    {
        CacheKey.Validate(key, nameof(key));
        Begin(cancellationToken);
    }

    // What a core may throw without being wrapped: the caller's own doing, and what is wrapped already. A driver's own timeout comes as a
    // cancellation, and its closed connection as disposed: those are faults, unless the caller did cancel or dispose.
    internal bool IsFault(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        CacheBackendException or ArgumentException => false,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        ObjectDisposedException => Volatile.Read(ref _disposed) == 0,
        _ => true,
    };

    internal CacheBackendException Wrap(Exception fault, string operation) => new($"{Name}: {operation} failed: {fault.Message}", fault);

    private void AddWatcher(EventHandler? handler)
    {
        lock (_emptiedLock)
        {
            ThrowIfDisposed();
            _emptied += handler;
            if (_isWatching || _emptied is null) return;
            _isWatching = true;

            // Under the lock, so that a beginning and an end that come together come in order.
            WatchEmptied();
        }
    }

    private void RemoveWatcher(EventHandler? handler)
    {
        lock (_emptiedLock)
        {
            _emptied -= handler;
            if (_emptied is null) Unwatch();
        }
    }

    private void RemoveWatchers()
    {
        lock (_emptiedLock) Unwatch();
    }

    private void Unwatch()
    {
        if (!_isWatching) return;
        _isWatching = false;
        UnwatchEmptied();
    }

    // After the clock was set back, or by another process's clock, an entry may come from the future: nobody should reckon with a negative age.
    private static CacheEntry WithoutFuture(CacheEntry entry, DateTimeOffset now) => entry.CreatedAt > now ? entry with { CreatedAt = now } : entry;

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(NowMilliseconds);

    private void Begin(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
    }

    internal void CheckLease(in EntryDraft draft, string parameterName)
    {
        if (!draft.Lease.IsNone && !Capabilities.GivesLeases) throw new ArgumentException($"{Name} gives no leases, so that none can be of it.", parameterName);
    }

    private HashSet<string> Begin(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        ArgumentNullException.ThrowIfNull(keys);
        var distinct = new HashSet<string>(keys.TryGetNonEnumeratedCount(out var count) ? count : 16);
        foreach (var key in keys)
        {
            CacheKey.Validate(key, nameof(keys));
            distinct.Add(key);
        }

        return distinct;
    }

    private async ValueTask<byte[]?> CountGetAsync(ValueTask<byte[]?> get, CancellationToken cancellationToken)
    {
        byte[]? value;
        try { value = await get.ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "get"); }
        _counters.CountLookup(value is not null);
        return value;
    }

    private async ValueTask<bool> CountTryGetAsync(ValueTask<bool> get, CancellationToken cancellationToken)
    {
        bool found;
        try { found = await get.ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "get"); }
        _counters.CountLookup(found);
        return found;
    }

    private async ValueTask<bool> DeleteAsync(string key, long? version, CancellationToken cancellationToken)
    {
        Begin(key, cancellationToken);
        bool deleted;
        try { deleted = await DeleteCoreAsync(key, version, cancellationToken).ConfigureAwait(false); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "delete"); }
        if (deleted) _counters.Count(StatsCount.Delete, 1);
        return deleted;
    }

    private async IAsyncEnumerable<string> ListAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Without a wildcard there is nothing to list, however many keys there are.
        if (pattern.IsLiteral)
        {
            var key = pattern.LiteralPrefix;
            if (CacheKey.Explain(key) is null && await ExistsAsync(key, cancellationToken).ConfigureAwait(false)) yield return key;
            yield break;
        }

        IAsyncEnumerator<string> keys;
        try { keys = KeysCoreAsync(pattern, cancellationToken).GetAsyncEnumerator(cancellationToken); }
        catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "keys"); }
        await using (keys.ConfigureAwait(false))
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ThrowIfDisposed();
                try { if (!await keys.MoveNextAsync().ConfigureAwait(false)) yield break; }
                catch (Exception fault) when (IsFault(fault, cancellationToken)) { throw Wrap(fault, "keys"); }
                yield return keys.Current;
            }
        }
    }
}
