using System.Buffers;

namespace Cistern.Cli;

/// <summary>Looks up key after key, in order, and streams what each found. One run; not safe for concurrent use.</summary>
internal sealed class BackfillRun(BackfillingCache cache, CacheBackend backend, ObservedSource source, ResultWriter results)
{
    /// <summary>How many lookups <see cref="Announce"/> covers.</summary>
    public const int Ahead = 16;

    // One buffer for all values: a hit in memory then allocates nothing.
    private readonly ArrayBufferWriter<byte> _value = new(4096);
    private readonly List<ILookupObserver> _observers = [];
    private long _interval = long.MaxValue;
    private long _nextTold = long.MaxValue;
    private long _hits;
    private long _answered;

    /// <summary>How many lookups failed, as the source or the backend did.</summary>
    public long Failed { get; private set; }

    /// <summary>Why the first of them failed; null: none did.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>Lets an observer watch, from the beginning of the run.</summary>
    public void Watch(ILookupObserver observer)
    {
        _observers.Add(observer);
        _nextTold = _interval = Math.Min(_interval, observer.Interval);
    }

    /// <summary>Tells which keys come after the next <see cref="Ahead"/>, and at the beginning also those: what is fetched must have time to arrive.</summary>
    public void Announce(ReadOnlySpan<string> keys, int done)
    {
        if (done == 0) backend.Prefetch(keys[..Math.Min(Ahead, keys.Length)]);
        if (done + Ahead < keys.Length) backend.Prefetch(keys[(done + Ahead)..Math.Min(done + 2 * Ahead, keys.Length)]);
    }

    /// <summary>Looks up one key and writes its result.</summary>
    public ValueTask LookUpAsync(string key, CancellationToken cancellationToken)
    {
        _value.ResetWrittenCount();
        ValueTask<CacheLookup> pending;
        try { pending = cache.LookUpAsync(key, _value, cancellationToken); }
        catch (Exception error) when (error is CacheSourceException or CacheBackendException) { pending = ValueTask.FromException<CacheLookup>(error); }
        if (!pending.IsCompletedSuccessfully) return FinishAsync(key, pending, cancellationToken);
        var lookup = pending.Result;
        if (MayBeJson) return WriteInspectedAsync(key, lookup, cancellationToken);
        Write(key, lookup, isJson: false);
        return ValueTask.CompletedTask;
    }

    private async ValueTask FinishAsync(string key, ValueTask<CacheLookup> pending, CancellationToken cancellationToken)
    {
        CacheLookup lookup;
        try
        {
            lookup = await pending.ConfigureAwait(false);
        }
        catch (Exception error) when (error is CacheSourceException or CacheBackendException)
        {
            Failed++;
            FirstFailure ??= error.Message;
            results.WriteMissing(key, error.Message);
            return;
        }

        await WriteInspectedAsync(key, lookup, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteInspectedAsync(string key, CacheLookup lookup, CancellationToken cancellationToken)
    {
        var isJson = lookup.Outcome == CacheLookupOutcome.Hit
            ? MayBeJson && await backend.GetEntryAsync(key, cancellationToken).ConfigureAwait(false) is { } entry && SourceMetadata.IsJson(entry.Metadata)
            : SourceMetadata.IsJson(lookup.Metadata);
        Write(key, lookup, isJson);
    }

    // Only the entry itself knows whether it is JSON or text that looks like it; asking is a second read, so only where it could be.
    private bool MayBeJson =>
        source.HasGivenJson && _value.WrittenSpan is [(byte)'{' or (byte)'[' or (byte)'t' or (byte)'f' or (byte)'n' or (byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..];

    private void Write(string key, in CacheLookup lookup, bool isJson)
    {
        if (lookup.Outcome == CacheLookupOutcome.NotFound) results.WriteMissing(key, error: null);
        else results.WriteFound(key, _value.WrittenSpan, isJson);
        var isHit = lookup.Outcome == CacheLookupOutcome.Hit;
        _answered++;
        if (isHit) _hits++;
        if (_answered >= _nextTold) Tell(isHit);
    }

    private void Tell(bool isHit)
    {
        var missRate = (double)(_answered - _hits) / _answered;
        foreach (var observer in _observers)
        {
            if (_answered % observer.Interval == 0) observer.LookupObserved(_answered, isHit, missRate);
        }

        _nextTold = _answered + _interval;
    }
}
