using System.Buffers;

namespace Cistern;

/// <summary>
/// The near tier: copies that count for a while, made and removed so that none is older than a change that this process made or was told of. It never fails a call: when it fails itself, it is not asked until it
/// could be emptied.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class NearTier(CacheBackend near, TieredBackendOptions options, TimeProvider clock)
{
    private static readonly TimeSpan RecoveryPause = TimeSpan.FromSeconds(1);

    private readonly ISyncCacheBackend? _sync = near as ISyncCacheBackend;
    private readonly KeyStripes _stripes = new();
    private readonly long _freshTime = (long)(options.NearTimeToLive.TotalSeconds * clock.TimestampFrequency);
    private readonly TimeSpan _keptTime = options.NearTimeToLive + options.StaleWhileDown;
    private long _faults;
    private long _triedToRecoverAt;
    private volatile bool _isSuspect;

    /// <summary>How many calls to it failed.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <summary>The stripe of a key.</summary>
    public KeyStripes.Stripe StripeOf(string key) => _stripes.Of(key);

    /// <summary>Taken before the far tier is asked for a key.</summary>
    public CopyTicket Take(string key) => new(_stripes.Of(key).Number, clock.GetTimestamp());

    /// <summary>Taken before keys of a stripe are written: no other copy of the stripe's that is on its way is stored.</summary>
    public CopyTicket BeginWrites(KeyStripes.Stripe stripe) => new(stripe.MoveOn(), clock.GetTimestamp());

    /// <summary>Looks a copy up and returns its value; null: there is none that may answer.</summary>
    public ValueTask<byte[]?> GetAsync(string key, bool withStale, CancellationToken cancellationToken)
    {
        if (_isSuspect) return default;
        if (_sync is null) return GetSlowlyAsync(key, withStale, cancellationToken);
        TryRead(key, destination: null, withStale, out var value);
        return new(value);
    }

    /// <summary>Looks a copy up and appends its value to a buffer, where that needs no waiting; false: there is none that counts, or it is to be asked by <see cref="GetAsync"/>.</summary>
    public bool TryGet(string key, IBufferWriter<byte> destination) => _sync is not null && !_isSuspect && TryRead(key, destination, withStale: false, out _);

    /// <summary>Makes a copy of an entry of the far tier, if none of its stripe's keys changed since; else there is none.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="ticket">Taken before the entry was read.</param>
    public async ValueTask<bool> TryPromoteAsync(CacheEntry entry, CopyTicket ticket)
    {
        var stripe = _stripes.Of(entry.Key);
        await stripe.Lock.WaitAsync().ConfigureAwait(false);
        try
        {
            if (stripe.Number == ticket.Number) return await CopyAsync(entry.Key, new ReadOnlySequence<byte>(entry.Value), entry.TimeToLiveRemaining(clock.GetUtcNow()), ticket).ConfigureAwait(false) == NearOutcome.Copied;

            // An old copy might still stand in for the far tier, after a lookup that returned a newer value.
            await RemoveAsync(entry.Key).ConfigureAwait(false);
            return false;
        }
        finally
        {
            stripe.Lock.Release();
        }
    }

    /// <summary>Removes an old copy of what the far tier has no more: it must not stand in for it. Copies that are on their way are none of it.</summary>
    public async ValueTask ForgetAsync(string key)
    {
        if (options.StaleWhileDown == TimeSpan.Zero) return;
        var stripe = _stripes.Of(key);
        await stripe.Lock.WaitAsync().ConfigureAwait(false);
        try
        {
            await RemoveAsync(key).ConfigureAwait(false);
        }
        finally
        {
            stripe.Lock.Release();
        }
    }

    /// <summary>Ends writes of one stripe's keys: makes copies of those that were stored, if no other change of the stripe's keys came between, and removes the rest.</summary>
    /// <param name="stripe">The stripe.</param>
    /// <param name="ticket">Taken as the writes began.</param>
    /// <param name="drafts">What was written, in order.</param>
    /// <param name="isStored">Whether one was stored.</param>
    /// <returns>What became of each copy.</returns>
    public async ValueTask<IReadOnlyList<NearOutcome>> EndWritesAsync(KeyStripes.Stripe stripe, CopyTicket ticket, IReadOnlyList<EntryDraft> drafts, Func<int, bool> isStored)
    {
        var outcomes = new NearOutcome[drafts.Count];
        await stripe.Lock.WaitAsync().ConfigureAwait(false);
        try
        {
            var isAlone = stripe.Number == ticket.Number;
            stripe.MoveOn();
            for (var i = 0; i < outcomes.Length; i++)
            {
                var draft = drafts[i];
                outcomes[i] = isAlone && isStored(i)
                    ? await CopyAsync(draft.Key, draft.Value, Remaining(draft), ticket).ConfigureAwait(false)
                    : await RemoveAsync(draft.Key).ConfigureAwait(false);
            }
        }
        finally
        {
            stripe.Lock.Release();
        }

        return outcomes;
    }

    /// <summary>Removes the copy of a key that changed, and keeps those out that are on their way.</summary>
    public async ValueTask DropAsync(string key)
    {
        var stripe = _stripes.Of(key);
        await stripe.Lock.WaitAsync().ConfigureAwait(false);
        try
        {
            stripe.MoveOn();
            await RemoveAsync(key).ConfigureAwait(false);
        }
        finally
        {
            stripe.Lock.Release();
        }
    }

    /// <summary>Removes every copy, and keeps those out that are on their way.</summary>
    public ValueTask DropAllAsync() => _stripes.ChangeAllAsync(async () =>
    {
        try
        {
            await near.ClearAsync(CancellationToken.None).ConfigureAwait(false);
            _isSuspect = false;
        }
        catch (CacheBackendException)
        {
            Suspect();
        }
    });

    /// <summary>Empties the tier if it failed, at most once in a while, so that it can be used again.</summary>
    public async ValueTask RecoverAsync()
    {
        if (!_isSuspect) return;
        var last = Interlocked.Read(ref _triedToRecoverAt);
        if (last != 0 && clock.GetElapsedTime(last) < RecoveryPause) return;
        if (Interlocked.CompareExchange(ref _triedToRecoverAt, clock.GetTimestamp(), last) == last) await DropAllAsync().ConfigureAwait(false);
    }

    private bool TryRead(string key, IBufferWriter<byte>? destination, bool withStale, out byte[]? value)
    {
        var reading = NearReading.Begin(destination, clock.GetTimestamp(), withStale);
        try
        {
            _sync!.TryRead(key, reading, NearReading.Show);
        }
        catch (CacheBackendException)
        {
            Suspect();
        }

        (var isFound, value) = reading.End();
        return isFound;
    }

    private async ValueTask<byte[]?> GetSlowlyAsync(string key, bool withStale, CancellationToken cancellationToken)
    {
        try
        {
            if (await near.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } trailed) return null;
            var value = TrailedValue.Split(trailed, out var freshUntil);
            return withStale || freshUntil > clock.GetTimestamp() ? value.ToArray() : null;
        }
        catch (CacheBackendException)
        {
            Suspect();
            return null;
        }
    }

    // From when the write began: the far tier counts from when it got it, so that no copy outlives its entry.
    private TimeSpan? Remaining(in EntryDraft draft) => draft.ExpiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(end - clock.GetUtcNow().ToUnixTimeMilliseconds()) : null;

    // Under the stripe's lock, as is the next: never cancelled, as a copy that should go must go.
    private async ValueTask<NearOutcome> CopyAsync(string key, ReadOnlySequence<byte> value, TimeSpan? remaining, CopyTicket ticket)
    {
        if (_isSuspect) return NearOutcome.Failed;
        if (remaining <= TimeSpan.Zero) return await RemoveAsync(key).ConfigureAwait(false);
        var kept = new SetOptions { TimeToLive = remaining < _keptTime ? remaining : _keptTime };
        try
        {
            if (await near.SetAsync(key, TrailedValue.Join(value, ticket.Timestamp + _freshTime), kept, CancellationToken.None).ConfigureAwait(false) == SetOutcome.Stored) return NearOutcome.Copied;
        }
        catch (CacheBackendException)
        {
            Suspect();
            return NearOutcome.Failed;
        }

        return await RemoveAsync(key).ConfigureAwait(false);
    }

    private async ValueTask<NearOutcome> RemoveAsync(string key)
    {
        if (_isSuspect) return NearOutcome.Failed;
        try
        {
            await near.DeleteAsync(key, CancellationToken.None).ConfigureAwait(false);
            return NearOutcome.Dropped;
        }
        catch (CacheBackendException)
        {
            Suspect();
            return NearOutcome.Failed;
        }
    }

    private void Suspect()
    {
        Interlocked.Increment(ref _faults);
        _isSuspect = true;
    }
}
