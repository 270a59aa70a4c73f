namespace Cistern.Cli;

/// <summary>Copies entries from one backend to another, a bounded number at a time, and counts what became of each. One use.</summary>
/// <param name="from">Where they come from.</param>
/// <param name="to">Where they go.</param>
/// <param name="presence">What happens where an entry is already.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class EntryCopy(CacheBackend from, CacheBackend to, CopyPresence presence, TimeProvider timeProvider)
{
    private const int BatchEntries = 1000;
    private const long BatchBytes = 4 * 1024 * 1024;

    private readonly long _started = timeProvider.GetTimestamp();
    private List<CacheEntry> _batch = [];
    private long _batchBytes;
    private Task _writing = Task.CompletedTask;

    /// <summary>How many live entries were read.</summary>
    public long Read { get; private set; }

    public long Stored { get; private set; }

    public long AlreadyCurrent { get; private set; }

    public long Present { get; private set; }

    public long Superseded { get; private set; }

    public long TooLarge { get; private set; }

    /// <summary>How many were over before they could be written.</summary>
    public long Expired { get; private set; }

    /// <summary>How many were in a batch that failed: whether any was stored is unknown.</summary>
    public long Failed { get; private set; }

    /// <summary>How many were read and never given to the other backend, as the copy was cancelled before.</summary>
    public long Unwritten { get; private set; }

    /// <summary>How many entries, copied or there before, the other backend gave up for room; null: it does not tell.</summary>
    public long? Evicted { get; private set; }

    /// <summary>What failed first; null: nothing did.</summary>
    public string? FirstError { get; private set; }

    /// <summary>Whether the source was read to its end.</summary>
    public bool IsReadToTheEnd { get; private set; }

    /// <summary>Whether it was cancelled before it was done.</summary>
    public bool IsCancelled { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>How many entries are dealt with, for progress.</summary>
    public long Done => Stored + AlreadyCurrent + Present + Superseded + TooLarge + Expired + Failed + Unwritten;

    /// <summary>Whether everything was read, and nothing refused or failed but what was wanted so.</summary>
    public bool IsComplete => IsReadToTheEnd && TooLarge + Superseded + Failed + Unwritten + (Evicted ?? 0) == 0 && (Present == 0 || presence == CopyPresence.Keep);

    /// <summary>Copies: while one batch is written, the next is read. Nothing that the backends do is thrown.</summary>
    /// <param name="pattern">Which keys.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string pattern, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(pattern, cancellationToken).ConfigureAwait(false);
            IsReadToTheEnd = true;
        }
        catch (CacheBackendException error)
        {
            FirstError ??= error.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            IsCancelled = true;
        }

        // What was read before the reading failed is written all the same.
        await HandOnAsync(cancellationToken).ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        await CountEvictedAsync().ConfigureAwait(false);
        Elapsed = timeProvider.GetElapsedTime(_started);
    }

    // The backend was opened for this copy: its counters are the copy's own.
    private async Task CountEvictedAsync()
    {
        try { Evicted = (await to.GetStatsAsync(CancellationToken.None).ConfigureAwait(false)).Evictions; }
        catch (CacheBackendException error) { FirstError ??= error.Message; }
    }

    private async Task ReadAsync(string pattern, CancellationToken cancellationToken)
    {
        await foreach (var key in from.KeysAsync(pattern, cancellationToken).ConfigureAwait(false))
        {
            if (await from.GetEntryAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry) continue;
            Read++;
            _batch.Add(entry);
            _batchBytes += entry.SizeBytes;
            if (_batch.Count >= BatchEntries || _batchBytes >= BatchBytes) await HandOnAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task HandOnAsync(CancellationToken cancellationToken)
    {
        await _writing.ConfigureAwait(false);
        var batch = _batch;
        _batch = [];
        _batchBytes = 0;
        _writing = Task.Run(() => WriteAsync(batch, cancellationToken), CancellationToken.None);
    }

    private async Task WriteAsync(List<CacheEntry> batch, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            (IsCancelled, Unwritten) = (true, Unwritten + batch.Count);
            return;
        }

        try
        {
            await KeepPresentAsync(batch, cancellationToken).ConfigureAwait(false);
            await SetAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (CacheBackendException error)
        {
            Failed += batch.Count;
            FirstError ??= error.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            (IsCancelled, Failed) = (true, Failed + batch.Count);
        }
    }

    // A version decides alone whether it is stored: that something without one is there must be asked beforehand.
    private async Task KeepPresentAsync(List<CacheEntry> batch, CancellationToken cancellationToken)
    {
        if (presence == CopyPresence.Overwrite || !batch.Exists(entry => entry.Version is not null)) return;
        var there = await to.ExistsManyAsync(batch.Where(entry => entry.Version is not null).Select(entry => entry.Key), cancellationToken).ConfigureAwait(false);
        Present += batch.RemoveAll(entry => entry.Version is not null && there.Contains(entry.Key));
    }

    private async Task SetAsync(List<CacheEntry> batch, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        Expired += batch.RemoveAll(entry => entry.IsExpired(now));
        if (batch.Count == 0) return;
        try
        {
            foreach (var outcome in await to.SetManyAsync(batch.Select(entry => RequestOf(entry, now)), cancellationToken).ConfigureAwait(false)) Count(outcome);
        }
        catch (ArgumentOutOfRangeException)
        {
            // An entry's last end came between two looks at a clock, which refuses the batch before anything is stored.
            await SetOneByOneAsync(batch, now, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SetOneByOneAsync(List<CacheEntry> batch, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (batch is [.., var entry])
        {
            try { Count(await to.SetAsync(entry.Key, entry.Value, OptionsOf(entry, now), cancellationToken).ConfigureAwait(false)); }
            catch (ArgumentOutOfRangeException) { Expired++; }

            // What is still in the batch when something fails is what failed.
            batch.RemoveAt(batch.Count - 1);
        }
    }

    private SetRequest RequestOf(CacheEntry entry, DateTimeOffset now) => new(entry.Key, entry.Value, OptionsOf(entry, now));

    private SetOptions OptionsOf(CacheEntry entry, DateTimeOffset now) => new()
    {
        TimeToLive = entry.TimeToLiveRemaining(now),
        AbsoluteExpiration = entry.AbsoluteExpiration,
        Metadata = entry.Metadata,
        Version = entry.Version,
        Condition = entry.Version is not null ? SetCondition.IfNewer : presence == CopyPresence.Overwrite ? SetCondition.Always : SetCondition.IfAbsent,
    };

    private void Count(SetOutcome outcome)
    {
        switch (outcome)
        {
            case SetOutcome.Stored: Stored++; break;
            case SetOutcome.AlreadyCurrent: AlreadyCurrent++; break;
            case SetOutcome.Present: Present++; break;
            case SetOutcome.Superseded: Superseded++; break;
            default: TooLarge++; break;
        }
    }
}
