using System.Buffers;

namespace Cistern;

/// <summary>
/// The synchronous face of a backend that truly is synchronous: memory, a file, SQLite. Same rules, same counters as the asynchronous
/// members of <see cref="CacheBackend"/>. Safe for concurrent use.
/// </summary>
public interface ISyncCacheBackend
{
    /// <summary>Looks a key up and returns its value as a fresh array; null on a miss.</summary>
    /// <param name="key">The key.</param>
    byte[]? Get(string key);

    /// <summary>Looks a key up and copies its value into the caller's memory.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Where the value goes. What is in it means something only when the outcome is <see cref="LookupOutcome.Hit"/>.</param>
    /// <param name="valueLength">The length of the value in bytes, also when it did not fit; 0 on a miss.</param>
    LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength);

    /// <summary>Looks a key up and appends its value to a buffer; false on a miss.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Where the value goes; not advanced on a miss.</param>
    bool TryGet(string key, IBufferWriter<byte> destination);

    /// <summary>
    /// Looks several keys up and copies their values into the caller's memory, one behind the other in the order of the keys. Each key is one lookup, also one that is
    /// asked for twice. In memory it is much faster than one by one, as the processor fetches all of them at the same time.
    /// </summary>
    /// <param name="keys">The keys.</param>
    /// <param name="destination">Where the values go. One that does not fit behind those before it is passed over; a shorter one after it may fit.</param>
    /// <param name="lookups">Receives for each key what became of it. Not shorter than <paramref name="keys"/>.</param>
    /// <returns>How many keys have a live entry, those included whose values did not fit.</returns>
    int TryGetMany(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups);

    /// <summary>Looks a key up and shows its value; in memory in place, but for short ones, which a copy serves better; false on a miss.</summary>
    /// <param name="key">The key.</param>
    /// <param name="state">Handed to <paramref name="reader"/>, so that it need not capture anything.</param>
    /// <param name="reader">Called once on a hit, on this thread. Must not keep the span, nor call this backend.</param>
    /// <typeparam name="TState">The type of <paramref name="state"/>.</typeparam>
    bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader);

    /// <summary>Sets a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="options">How it is set. Null: <see cref="SetOptions.Default"/>.</param>
    SetOutcome Set(string key, ReadOnlyMemory<byte> value, SetOptions? options = null);

    /// <summary>Sets a value that lies in several segments.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; copied.</param>
    /// <param name="options">How it is set. Null: <see cref="SetOptions.Default"/>.</param>
    SetOutcome Set(string key, ReadOnlySequence<byte> value, SetOptions? options = null);

    /// <summary>Deletes a key; true if a live entry was there.</summary>
    /// <param name="key">The key.</param>
    bool Delete(string key);

    /// <summary>Deletes a key unless its entry is newer, and leaves a tombstone; true if a live entry was deleted.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">The version of the deletion.</param>
    bool Delete(string key, long version);

    /// <summary>Whether a live entry is there. Not a lookup: it neither counts nor refreshes recency.</summary>
    /// <param name="key">The key.</param>
    bool Exists(string key);
}
