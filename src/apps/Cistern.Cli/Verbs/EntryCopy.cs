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
    private readonly List<CacheEntry> _batch = [];
    private long _batchBytes;

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

    /// <summary>What failed first; null: nothing did.</summary>
    public string? FirstError { get; private set; }

    /// <summary>Whether the source was read to its end.</summary>
    public bool IsReadToTheEnd { get; private set; }

    /// <summary>Whether it was cancelled before it was done.</summary>
    public bool IsCancelled { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>How many entries are dealt with, for progress.</summary>
    public long Done => Stored + AlreadyCurrent + Present + Superseded + TooLarge + Expired + Failed;

    /// <summary>Whether everything was read, and nothing refused or failed but what was wanted so.</summary>
    public bool IsComplete => IsReadToTheEnd && TooLarge + Superseded + Failed == 0 && (Present == 0 || presence == CopyPresence.Keep);

    /// <summary>Copies. Nothing that the backends do is thrown.</summary>
    /// <param name="pattern">Which keys.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string pattern, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var key in from.KeysAsync(pattern, cancellationToken).ConfigureAwait(false))
            {
                if (await from.GetEntryAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry) continue;
                Read++;
                _batch.Add(entry);
                _batchBytes += entry.SizeBytes;
                if (_batch.Count >= BatchEntries || _batchBytes >= BatchBytes) await WriteAsync(cancellationToken).ConfigureAwait(false);
            }

            await WriteAsync(cancellationToken).ConfigureAwait(false);
            IsReadToTheEnd = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            IsCancelled = true;
            Failed += _batch.Count;
        }
        catch (CacheBackendException error)
        {
            // Only reading throws here. What was read by then is still written.
            FirstError ??= error.Message;
            await WriteAsync(cancellationToken).ConfigureAwait(false);
        }

        Elapsed = timeProvider.GetElapsedTime(_started);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await KeepPresentAsync(cancellationToken).ConfigureAwait(false);
            await SetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CacheBackendException error)
        {
            Failed += _batch.Count;
            FirstError ??= error.Message;
        }

        _batch.Clear();
        _batchBytes = 0;
    }

    // A version decides alone whether it is stored: that something without one is there must be asked beforehand.
    private async Task KeepPresentAsync(CancellationToken cancellationToken)
    {
        if (presence == CopyPresence.Overwrite || !_batch.Exists(entry => entry.Version is not null)) return;
        var there = await to.ExistsManyAsync(_batch.Where(entry => entry.Version is not null).Select(entry => entry.Key), cancellationToken).ConfigureAwait(false);
        Present += _batch.RemoveAll(entry => entry.Version is not null && there.Contains(entry.Key));
    }

    private async Task SetAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        Expired += _batch.RemoveAll(entry => entry.IsExpired(now));
        if (_batch.Count == 0) return;
        try
        {
            foreach (var outcome in await to.SetManyAsync(_batch.Select(entry => RequestOf(entry, now)), cancellationToken).ConfigureAwait(false)) Count(outcome);
        }
        catch (ArgumentOutOfRangeException)
        {
            // An entry's last end came between two looks at a clock, which refuses the batch before anything is stored.
            foreach (var entry in _batch) await SetAsync(entry, now, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SetAsync(CacheEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try { Count(await to.SetAsync(entry.Key, entry.Value, OptionsOf(entry, now), cancellationToken).ConfigureAwait(false)); }
        catch (ArgumentOutOfRangeException) { Expired++; }
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
