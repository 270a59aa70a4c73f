namespace Cistern;

/// <summary>
/// Writes records to several backends at once and reports what each one did. Records are read once, streamed, and shared; each backend
/// writes in batches at its own pace, in the order of the records, so that of two records with one key the last one wins everywhere. A
/// backend that falls too far behind holds up the reading, never the memory. One backend's failure never stops another, unless asked for,
/// and never hides.
/// </summary>
/// <remarks>
/// A writer does not retry: a backend that should is wrapped in one that does. It has no time limits either: a backend that hangs holds the
/// write up until it is cancelled. The backends stay the caller's. Safe for concurrent use; writes that run at the same time know nothing of
/// each other.
/// </remarks>
public sealed class CacheWriter
{
    private readonly WriteTarget[] _targets;
    private readonly CacheWriterOptions _options;
    private readonly TimeProvider _clock;

    /// <summary>Creates a writer to backends, which the report calls by their own names.</summary>
    /// <param name="backends">The backends, at least one, each once.</param>
    /// <param name="options">How it writes. Null: the defaults.</param>
    /// <param name="timeProvider">The clock of the times reported. Null: <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentException">There is no backend, one is there twice, or an option cannot be used.</exception>
    public CacheWriter(IEnumerable<CacheBackend> backends, CacheWriterOptions? options = null, TimeProvider? timeProvider = null)
        : this(ToTargets(backends), options, timeProvider)
    {
    }

    /// <summary>Creates a writer to backends under given names.</summary>
    /// <param name="targets">The backends, at least one, each once.</param>
    /// <param name="options">How it writes. Null: the defaults.</param>
    /// <param name="timeProvider">The clock of the times reported. Null: <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentException">There is no backend, one is there twice, or an option cannot be used.</exception>
    public CacheWriter(IEnumerable<WriteTarget> targets, CacheWriterOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        _targets = [.. targets];
        _options = options ?? new CacheWriterOptions();
        _clock = timeProvider ?? TimeProvider.System;
        if (_targets.Length == 0) throw new ArgumentException("At least one backend is needed.", nameof(targets));
        if (_targets.Any(target => target?.Backend is null || target.Name is null)) throw new ArgumentException("A backend or its name is null.", nameof(targets));
        if (_targets.DistinctBy(target => target.Backend).Count() < _targets.Length) throw new ArgumentException("A backend is there twice.", nameof(targets));
        _options.Validate();
    }

    /// <summary>Writes records to every backend.</summary>
    /// <param name="records">
    /// The records. They are enumerated once, on a thread of the pool. A write that ends early waits no longer than a moment for a record: the
    /// enumerator may then still be in its last step when the report is there, and is disposed when that step returns.
    /// </param>
    /// <param name="progress">Told after every batch of every backend, from several threads at once; must be quick; if it throws, it is told nothing more. Null: nobody.</param>
    /// <param name="cancellationToken">
    /// Ends the write: nothing more is read or begun, and what is in flight is cancelled. The report is returned all the same.
    /// </param>
    /// <returns>What became of every record on every backend. Look at it: nothing that records or backends do is thrown.</returns>
    public Task<WriteReport> WriteAsync(IAsyncEnumerable<WriteRecord> records, IProgress<WriteProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);

        // Not with the token: a write that is cancelled before it begins has a report, too.
        return Task.Run(() => new WriteRun(_targets, _options, _clock, progress).RunAsync(records, cancellationToken), CancellationToken.None);
    }

    /// <inheritdoc cref="WriteAsync(IAsyncEnumerable{WriteRecord}, IProgress{WriteProgress}?, CancellationToken)"/>
    public Task<WriteReport> WriteAsync(IEnumerable<WriteRecord> records, IProgress<WriteProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return WriteAsync(records.ToAsyncEnumerable(), progress, cancellationToken);
    }

    private static IEnumerable<WriteTarget> ToTargets(IEnumerable<CacheBackend> backends)
    {
        ArgumentNullException.ThrowIfNull(backends);
        return backends.Select(backend => new WriteTarget(backend?.Name!, backend!));
    }
}
