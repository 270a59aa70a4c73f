using System.Buffers;
using System.Runtime.CompilerServices;
using Polly;

namespace Cistern;

/// <summary>
/// Any backend, with its calls made again when they fail, ended when they hang, and not made at all while it is down. It owns the backend: disposing
/// the one disposes the other. Safe for concurrent use.
/// </summary>
/// <remarks>
/// What still fails is a <see cref="CacheBackendException"/>; its inner exception is Polly's where the call was ended or not made. Bad input is never tried
/// again. A try that made its change, but whose answer was lost, shows in the answer to the next one: a set with
/// <see cref="SetCondition.IfAbsent"/> may be <see cref="SetOutcome.Present"/> though this very call stored the value, one with
/// <see cref="SetCondition.IfNewer"/> is <see cref="SetOutcome.AlreadyCurrent"/>, a delete may be false, and counts may be too low.
/// A write whose time was up is not tried again, unless it has a version: it may still be under way, and land on top of what was written since.
/// </remarks>
public sealed class ResilientBackend : CacheBackend
{
    private readonly CacheBackend _backend;
    private readonly ResiliencePipeline _pipeline;

    /// <summary>Wraps a backend.</summary>
    /// <param name="backend">The backend; disposed with this one.</param>
    /// <param name="options">When and how often. Null: <see cref="ResilienceOptions.Default"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public ResilientBackend(CacheBackend backend, ResilienceOptions? options = null) : base(backend)
    {
        _backend = backend;
        _pipeline = (options ?? ResilienceOptions.Default).ToPipeline(TimeProvider);
    }

    /// <summary>Wraps a backend in a pipeline of the caller's own.</summary>
    /// <param name="backend">The backend; disposed with this one.</param>
    /// <param name="pipeline">
    /// Receives every call. What fails is a <see cref="CacheBackendException"/> there; a write without a version whose time was up, by the pipeline or in the
    /// backend itself, is a <see cref="TimeoutException"/>, which must not be tried again.
    /// </param>
    public ResilientBackend(CacheBackend backend, ResiliencePipeline pipeline) : base(backend)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        _backend = backend;
        _pipeline = pipeline;
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities => _backend.Capabilities;

    /// <inheritdoc/>
    public override long? RemovalCount => _backend.RemovalCount;

    /// <inheritdoc/>
    public override long? MaxEntriesMemoryBytes => _backend.MaxEntriesMemoryBytes;

    /// <inheritdoc/>
    public override long? EstimateMemoryBytes(string key, long valueLength) => _backend.EstimateMemoryBytes(key, valueLength);

    /// <inheritdoc/>
    public override void Prefetch(ReadOnlySpan<string> keys) => _backend.Prefetch(keys);

    // Into a buffer by the base, through an array: a try that was given up may still append to the buffer that it was given.
    /// <inheritdoc/>
    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) =>
        RepeatAsync(key, static (backend, key, attempt) => backend.GetAsync(key, attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        RepeatAsync(key, static (backend, key, attempt) => backend.GetEntryAsync(key, attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<FillLease> LeaseCoreAsync(string key, CancellationToken cancellationToken) =>
        RepeatAsync(key, static (backend, key, attempt) => backend.LeaseAsync(key, attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken) => WriteAsync(
        (Request: Request(draft), Clock: TimeProvider),
        draft.Version is not null,
        static (backend, set, attempt) => Attempt.BeforeItsEndAsync(backend.SetAsync(set.Request.Key, set.Request.Value, set.Request.Options, attempt), [set.Request], set.Clock),
        cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => WriteAsync(
        (Key: key, TimeToLive: expiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(Math.Max(1, end - NowMilliseconds)) : (TimeSpan?)null),
        isVersioned: false,
        static (backend, touch, attempt) => backend.TouchAsync(touch.Key, touch.TimeToLive, attempt),
        cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken) => WriteAsync(
        (Key: key, Version: version),
        version is not null,
        static (backend, delete, attempt) => delete.Version is { } version ? backend.DeleteAsync(delete.Key, version, attempt) : backend.DeleteAsync(delete.Key, attempt),
        cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) =>
        RepeatAsync(key, static (backend, key, attempt) => backend.ExistsAsync(key, attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken) =>
        WriteAsync(0, isVersioned: false, static (backend, _, attempt) => backend.ClearAsync(attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        RepeatAsync(keys, static (backend, keys, attempt) => backend.GetManyAsync(keys, attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        RepeatAsync(keys, static (backend, keys, attempt) => backend.LookUpEntriesAsync(keys, attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        RepeatAsync(keys, static (backend, keys, attempt) => backend.ExistsManyAsync(keys, attempt), cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) => WriteAsync(
        (Requests: drafts.Select(Request).ToArray(), Clock: TimeProvider),
        drafts.All(draft => draft.Version is not null),
        static (backend, set, attempt) => Attempt.BeforeItsEndAsync(backend.SetManyAsync(set.Requests, attempt), set.Requests, set.Clock),
        cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        WriteAsync(keys, isVersioned: false, static (backend, keys, attempt) => backend.DeleteManyAsync(keys, attempt), cancellationToken);

    // Only the first step is made again, as a new listing. Later on a new one would repeat keys, and a step that failed cannot be made again: it
    // would look like the end. A wait for a step that is still under way can.
    /// <inheritdoc/>
    protected override async IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var (listing, hasKey) = await _pipeline.ExecuteAsync(
            static (asked, attempt) => KeyListing.BeginAsync(asked._backend, asked.Text, asked.cancellationToken, attempt),
            (_backend, pattern.Text, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        await using (listing.ConfigureAwait(false))
        {
            while (hasKey)
            {
                yield return listing.Current;
                var step = listing.Step();
                hasKey = step.IsCompleted ? await step.ConfigureAwait(false) : await _pipeline.ExecuteAsync(WaitAsync, step, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken)
    {
        var stats = await RepeatAsync(0, static (backend, _, attempt) => backend.GetStatsAsync(attempt), cancellationToken).ConfigureAwait(false);
        return new BackendUsage { Entries = stats.CurrentEntries, SizeBytes = stats.CurrentSizeBytes, MemoryBytes = stats.MemoryBytes };
    }

    /// <inheritdoc/>
    protected override void DisposeCore() => _backend.Dispose();

    /// <inheritdoc/>
    protected override async ValueTask DisposeCoreAsync()
    {
        await _backend.DisposeAsync().ConfigureAwait(false);
        await base.DisposeCoreAsync().ConfigureAwait(false);
    }

    // A copy of all, as a try that was given up may still read it after the caller has it back.
    private static SetRequest Request(EntryDraft draft) => new(
        draft.Key,
        draft.Value.ToArray(),
        draft.ToSetOptions() with { Metadata = draft.Metadata is { } metadata ? new Dictionary<string, string>(metadata) : null });

    private static async ValueTask<bool> WaitAsync(Task<bool> step, CancellationToken attempt)
    {
        try { return await Attempt.EndWithAsync(step, attempt).ConfigureAwait(false); }
        catch (CacheBackendException fault) { throw new IOException("the listing broke off.", fault); }
    }

    private ValueTask<T> RepeatAsync<TAsked, T>(TAsked asked, Func<CacheBackend, TAsked, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) => _pipeline.ExecuteAsync(
        static (state, attempt) => Attempt.RepeatableAsync(state.call(state._backend, state.asked, attempt), attempt),
        (call, _backend, asked),
        cancellationToken);

    // A version keeps a write that lands late from overwriting a newer one.
    private ValueTask<T> WriteAsync<TAsked, T>(TAsked asked, bool isVersioned, Func<CacheBackend, TAsked, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) => isVersioned
        ? RepeatAsync(asked, call, cancellationToken)
        : _pipeline.ExecuteAsync(
            static (state, attempt) => Attempt.UnrepeatableAsync(state.call(state._backend, state.asked, attempt), attempt, state.cancellationToken),
            (call, _backend, asked, cancellationToken),
            cancellationToken);
}
