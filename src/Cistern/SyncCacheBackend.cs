using System.Buffers;
using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>
/// The base of a backend that truly is synchronous. It implements the synchronous cores; the asynchronous face follows from them and
/// completes at once. Safe for concurrent use.
/// </summary>
public abstract class SyncCacheBackend : CacheBackend, ISyncCacheBackend
{
    /// <summary>Creates the base of a synchronous backend.</summary>
    /// <param name="name">What the backend is called in statistics and errors. Holds no secret.</param>
    /// <param name="timeProvider">The clock. Null: <see cref="TimeProvider.System"/>.</param>
    protected SyncCacheBackend(string name, TimeProvider? timeProvider = null) : base(name, timeProvider)
    {
    }

    /// <summary>
    /// Whether lookups need no more than the core does: it compares keys character by character, so that one that is found is known to be valid, as it was when it was
    /// stored; it holds nothing once it is disposed of; and nothing outside of this process can fail. What is to be said of a key or a state is said on a miss.
    /// </summary>
    internal bool HasPlainLookups { get; init; }

    /// <summary>The shortest way for a lookup that is a hit; null: there is none.</summary>
    internal LogLookups? ShortLookups { get; init; }

    /// <inheritdoc/>
    public byte[]? Get(string key)
    {
        byte[]? value;
        if (HasPlainLookups)
        {
            ArgumentNullException.ThrowIfNull(key);
            value = GetCore(key);
            if (value is null) Begin(key, CancellationToken.None);
        }
        else
        {
            value = GetGuarded(key);
        }

        Counters.CountLookup(value is not null);
        return value;
    }

    /// <inheritdoc/>
    public LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength)
    {
        if (ShortLookups is not { } lookups || key is null || (valueLength = lookups.TryGetPlain(key, destination)) < 0) return TryGetOther(key!, destination, out valueLength);
        Counters.CountHit();
        return LookupOutcome.Hit;
    }

    /// <inheritdoc/>
    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        Begin(key, CancellationToken.None);
        ArgumentNullException.ThrowIfNull(destination);
        bool found;
        try { found = TryGetCore(key, destination); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "get"); }
        Counters.CountLookup(found);
        return found;
    }

    /// <inheritdoc/>
    public int TryGetMany(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups)
    {
        if (lookups.Length < keys.Length) throw new ArgumentException($"There is room for {lookups.Length} lookups; {keys.Length} keys were given.", nameof(lookups));
        foreach (var key in keys)
        {
            if (HasPlainLookups) ArgumentNullException.ThrowIfNull(key, nameof(keys));
            else CacheKey.Validate(key, nameof(keys));
        }

        ThrowIfDisposed();
        int found;
        try { found = TryGetManyCore(keys, destination, lookups); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "get many"); }
        for (var i = 0; i < keys.Length && HasPlainLookups && found < keys.Length; i++)
        {
            if (lookups[i].Outcome == LookupOutcome.Miss) CacheKey.Validate(keys[i], nameof(keys));
        }

        Counters.Count(StatsCount.Hit, found);
        Counters.Count(StatsCount.Miss, keys.Length - found);
        return found;
    }

    /// <inheritdoc/>
    public bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        if (HasPlainLookups) ArgumentNullException.ThrowIfNull(key);
        else Begin(key, CancellationToken.None);
        ArgumentNullException.ThrowIfNull(reader);

        // Not wrapped: what the caller's own reader throws is the caller's. Cores of synchronous backends wrap their own faults here.
        var found = TryReadCore(key, state, reader);
        if (!found && HasPlainLookups) Begin(key, CancellationToken.None);
        Counters.CountLookup(found);
        return found;
    }

    /// <inheritdoc/>
    public SetOutcome Set(string key, ReadOnlyMemory<byte> value, SetOptions? options = null) => Set(key, new ReadOnlySequence<byte>(value), options);

    /// <inheritdoc/>
    public SetOutcome Set(string key, ReadOnlySequence<byte> value, SetOptions? options = null)
    {
        Begin(key, CancellationToken.None);
        var draft = Expiration.Draft(key, value, options ?? SetOptions.Default, NowMilliseconds, TimeProvider);
        CheckLease(draft, nameof(options));
        SetOutcome outcome;
        try { outcome = SetCore(draft); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "set"); }
        if (outcome == SetOutcome.Stored) Counters.Count(StatsCount.Set, 1);
        return outcome;
    }

    /// <inheritdoc/>
    public bool Delete(string key) => Delete(key, (long?)null);

    /// <inheritdoc/>
    public bool Delete(string key, long version) => Delete(key, (long?)version);

    /// <inheritdoc/>
    public bool Exists(string key)
    {
        Begin(key, CancellationToken.None);
        try { return ExistsCore(key); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "exists"); }
    }

    /// <inheritdoc cref="CacheBackend.GetCoreAsync"/>
    protected abstract byte[]? GetCore(string key);

    /// <summary>Copies the value of a live entry into the caller's memory, and refreshes its recency.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="destination">Where the value goes. What is in it means something only when the outcome is a hit.</param>
    /// <param name="valueLength">The length of the value in bytes, also when it did not fit; 0 on a miss.</param>
    protected abstract LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength);

    /// <summary>Appends the value of a live entry to a buffer, and refreshes its recency; false when none is there. Default: by <see cref="TryReadCore"/>.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="destination">Where the value goes; not advanced when none is there.</param>
    protected virtual bool TryGetCore(string key, IBufferWriter<byte> destination) => TryReadCore(key, destination, static (value, destination) => destination.Write(value));

    /// <summary>Copies the values of live entries into the caller's memory, and refreshes their recency. Default: one after another.</summary>
    /// <param name="keys">The keys; valid.</param>
    /// <param name="destination">Where the values go, one behind the other; those that do not fit are passed over.</param>
    /// <param name="lookups">Receives for each key what became of it.</param>
    /// <returns>How many keys have a live entry.</returns>
    protected virtual int TryGetManyCore(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups)
    {
        var batch = new BatchLookups(destination, lookups);
        foreach (var key in keys)
        {
            var outcome = TryGetCore(key, batch.Rest, out var length);
            batch.Add(outcome, length);
        }

        return batch.Found;
    }

    /// <summary>Shows the value of a live entry in place, and refreshes its recency; false when none is there. Lets what the reader throws pass.</summary>
    /// <param name="key">The key; valid.</param>
    /// <param name="state">Handed to the reader.</param>
    /// <param name="reader">Called once on a hit, without a lock that its work could block.</param>
    /// <typeparam name="TState">The type of the state.</typeparam>
    protected abstract bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader);

    /// <inheritdoc cref="CacheBackend.GetEntryCoreAsync"/>
    protected abstract CacheEntry? GetEntryCore(string key);

    /// <inheritdoc cref="CacheBackend.SetCoreAsync"/>
    protected abstract SetOutcome SetCore(in EntryDraft draft);

    /// <inheritdoc cref="CacheBackend.TouchCoreAsync"/>
    protected abstract bool TouchCore(string key, long? expiresAtMilliseconds);

    /// <inheritdoc cref="CacheBackend.DeleteCoreAsync"/>
    protected abstract bool DeleteCore(string key, long? version);

    /// <inheritdoc cref="CacheBackend.ExistsCoreAsync"/>
    protected abstract bool ExistsCore(string key);

    /// <inheritdoc cref="CacheBackend.ClearCoreAsync"/>
    protected abstract long ClearCore();

    /// <inheritdoc cref="CacheBackend.KeysCoreAsync"/>
    protected abstract IEnumerable<string> KeysCore(KeyPattern pattern);

    /// <inheritdoc cref="CacheBackend.GetUsageCoreAsync"/>
    protected abstract BackendUsage GetUsageCore();

    /// <inheritdoc/>
    protected sealed override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) => new(GetCore(key));

    /// <inheritdoc/>
    protected sealed override ValueTask<bool> TryGetCoreAsync(string key, IBufferWriter<byte> destination, CancellationToken cancellationToken) =>
        new(TryGetCore(key, destination));

    /// <inheritdoc/>
    protected sealed override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) => new(GetEntryCore(key));

    /// <inheritdoc/>
    protected sealed override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => new(SetCore(draft));

    /// <inheritdoc/>
    protected sealed override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => new(TouchCore(key, expiresAtMilliseconds));

    /// <inheritdoc/>
    protected sealed override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => new(DeleteCore(key, version));

    /// <inheritdoc/>
    protected sealed override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) => new(ExistsCore(key));

    /// <inheritdoc/>
    protected sealed override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) => new(ClearCore());

    /// <inheritdoc/>
    protected sealed override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => KeysCore(pattern).ToAsyncEnumerable();

    /// <inheritdoc/>
    protected sealed override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => new(GetUsageCore());

    // Apart, as a method with a handler keeps its variables in memory.
    private byte[]? GetGuarded(string key)
    {
        Begin(key, CancellationToken.None);
        try { return GetCore(key); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "get"); }
    }

    // In a call of its own it is not in the way of the shortest.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private LookupOutcome TryGetOther(string key, Span<byte> destination, out int valueLength)
    {
        LookupOutcome outcome;
        if (HasPlainLookups)
        {
            ArgumentNullException.ThrowIfNull(key);
            outcome = TryGetCore(key, destination, out valueLength);
            if (outcome == LookupOutcome.Miss) Begin(key, CancellationToken.None);
        }
        else
        {
            outcome = TryGetGuarded(key, destination, out valueLength);
        }

        Counters.CountLookup(outcome != LookupOutcome.Miss);
        return outcome;
    }

    private LookupOutcome TryGetGuarded(string key, Span<byte> destination, out int valueLength)
    {
        Begin(key, CancellationToken.None);
        try { return TryGetCore(key, destination, out valueLength); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "get"); }
    }

    private bool Delete(string key, long? version)
    {
        Begin(key, CancellationToken.None);
        bool deleted;
        try { deleted = DeleteCore(key, version); }
        catch (Exception fault) when (IsFault(fault, CancellationToken.None)) { throw Wrap(fault, "delete"); }
        if (deleted) Counters.Count(StatsCount.Delete, 1);
        return deleted;
    }
}
