using System.Buffers;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// The order of a lookup in both tiers: the near one, if it has a copy that counts; then the far one, of whose answer a copy is made; and if that one cannot be asked, an old copy. Safe for concurrent use.
/// </summary>
internal sealed class TieredLookups(NearTier near, FarTier far)
{
    private readonly StatsCounters _nearLookups = new();
    private long _farHits;
    private long _staleHits;
    private long _misses;
    private long _promotions;

    public long NearHits => _nearLookups.Read().Hits;

    public long FarHits => Interlocked.Read(ref _farHits);

    public long StaleHits => Interlocked.Read(ref _staleHits);

    public long Misses => Interlocked.Read(ref _misses);

    public long Promotions => Interlocked.Read(ref _promotions);

    /// <summary>Appends a copy that counts to a buffer, where that needs no waiting; false: ask <see cref="GetAsync"/>.</summary>
    public bool TryGetNear(string key, IBufferWriter<byte> destination)
    {
        if (!near.TryGet(key, destination)) return false;
        _nearLookups.CountHit();
        return true;
    }

    /// <summary>Looks one key up.</summary>
    public ValueTask<TieredLookup> GetAsync(string key, CancellationToken cancellationToken)
    {
        var copy = near.GetAsync(key, withStale: false, cancellationToken);
        if (!copy.IsCompletedSuccessfully) return WaitAsync(this, copy, key, cancellationToken);
        return copy.Result is { } value ? new(Near(value)) : GetFarAsync(key, cancellationToken);

        static async ValueTask<TieredLookup> WaitAsync(TieredLookups lookups, ValueTask<byte[]?> copy, string key, CancellationToken cancellationToken) =>
            await copy.ConfigureAwait(false) is { } value ? lookups.Near(value) : await lookups.GetFarAsync(key, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks several keys up.</summary>
    public async ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        var others = new Dictionary<string, CopyTicket>();
        foreach (var key in keys)
        {
            if (await near.GetAsync(key, withStale: false, cancellationToken).ConfigureAwait(false) is { } value) found.Add(key, value);
            else others.Add(key, near.Take(key));
        }

        _nearLookups.Count(StatsCount.Hit, found.Count);
        if (others.Count == 0) return found;
        await near.RecoverAsync().ConfigureAwait(false);
        IReadOnlyDictionary<string, CacheEntry> entries;
        try
        {
            entries = await far.AskAsync(others.Keys, static (far, keys, token) => far.LookUpEntriesAsync(keys, token), cancellationToken).ConfigureAwait(false);
        }
        catch (CacheBackendException)
        {
            if (!await TryAddStaleAsync(others.Keys, found, cancellationToken).ConfigureAwait(false)) throw;
            return found;
        }

        foreach (var (key, ticket) in others)
        {
            if (await TakeAsync(key, ticket, entries).ConfigureAwait(false) is { } value) found.Add(key, value);
        }

        return found;
    }

    // A fresh copy is the caller's to change; an entry's value is a copy already.
    private static byte[] ToArray(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : value.ToArray();

    private TieredLookup Near(byte[] value)
    {
        _nearLookups.CountHit();
        return new TieredLookup(value, TieredLookupOutcome.Near);
    }

    private async ValueTask<TieredLookup> GetFarAsync(string key, CancellationToken cancellationToken)
    {
        await near.RecoverAsync().ConfigureAwait(false);
        var ticket = near.Take(key);
        IReadOnlyDictionary<string, CacheEntry> entries;
        try
        {
            entries = await far.AskAsync(key, static (far, key, token) => far.LookUpEntriesAsync([key], token), cancellationToken).ConfigureAwait(false);
        }
        catch (CacheBackendException)
        {
            if (await near.GetAsync(key, withStale: true, cancellationToken).ConfigureAwait(false) is not { } stale) throw;
            Interlocked.Increment(ref _staleHits);
            return new TieredLookup(stale, TieredLookupOutcome.Stale);
        }

        var value = await TakeAsync(key, ticket, entries).ConfigureAwait(false);
        return new TieredLookup(value, value is null ? TieredLookupOutcome.Miss : TieredLookupOutcome.Far);
    }

    // What the far tier says of a key, and a copy of it.
    private async ValueTask<byte[]?> TakeAsync(string key, CopyTicket ticket, IReadOnlyDictionary<string, CacheEntry> entries)
    {
        if (!entries.TryGetValue(key, out var entry))
        {
            await near.ForgetAsync(key).ConfigureAwait(false);
            Interlocked.Increment(ref _misses);
            return null;
        }

        if (await near.TryPromoteAsync(entry, ticket).ConfigureAwait(false)) Interlocked.Increment(ref _promotions);
        Interlocked.Increment(ref _farHits);
        return ToArray(entry.Value);
    }

    // All or nothing: a key that the near tier does not have is no miss.
    private async ValueTask<bool> TryAddStaleAsync(Dictionary<string, CopyTicket>.KeyCollection keys, Dictionary<string, byte[]> found, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            if (await near.GetAsync(key, withStale: true, cancellationToken).ConfigureAwait(false) is not { } value) return false;
            found.Add(key, value);
        }

        Interlocked.Add(ref _staleHits, keys.Count);
        return true;
    }
}
