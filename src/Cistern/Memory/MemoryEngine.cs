using System.Buffers;

namespace Cistern;

/// <summary>
/// What holds the entries of a backend in memory: its lookups, its changes and its bounds, without validation and without counting lookups, which the backend
/// does. Safe for concurrent use.
/// </summary>
internal abstract class MemoryEngine
{
    /// <summary>So many keys at once are fetched at most: beyond, the first would be gone again before they are looked at.</summary>
    public const int MostPrefetched = 32;

    private const int FewEntries = 16;
    private const int FewSizeBytes = 4 * 1024;
    private const int FewMemoryBytes = 4 * 1024;

    /// <summary>What of a batch happens together.</summary>
    public virtual BatchAtomicity BatchAtomicity => BatchAtomicity.Batch;

    /// <inheritdoc cref="CacheBackend.RemovalCount"/>
    public abstract long RemovalCount { get; }

    /// <inheritdoc cref="CacheBackend.MaxEntriesMemoryBytes"/>
    public abstract long? MaxEntriesMemoryBytes { get; }

    /// <summary>The engine for some options, which are resolved.</summary>
    public static MemoryEngine Create(InMemoryBackendOptions options, EngineSurroundings surroundings) =>
        IsOrdered(options) ? new OrderedEngine(options, surroundings) : new LogEngine(options, surroundings);

    /// <inheritdoc cref="CacheBackend.EstimateMemoryBytes"/>
    public abstract long EstimateMemoryBytes(string key, long valueLength);

    /// <inheritdoc cref="CacheBackend.Prefetch"/>
    /// <remarks>Of more than <see cref="MostPrefetched"/>, the first ones.</remarks>
    public abstract void Prefetch(ReadOnlySpan<string> keys);

    /// <summary>Evicts the entry that would go first; returns its key, or null when there is none.</summary>
    public abstract string? EvictOne();

    /// <summary>A value, in an array of its own; null: a miss.</summary>
    public abstract byte[]? Get(string key);

    /// <inheritdoc cref="ISyncCacheBackend.TryGet(string, Span{byte}, out int)"/>
    public abstract LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength);

    /// <inheritdoc cref="ISyncCacheBackend.TryGetMany"/>
    public virtual int TryGetMany(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups)
    {
        var batch = new BatchLookups(destination, lookups);
        for (var i = 0; i < keys.Length; i++)
        {
            if (i % MostPrefetched == 0) Prefetch(keys[i..Math.Min(keys.Length, i + MostPrefetched)]);
            var outcome = TryGet(keys[i], batch.Rest, out var length);
            batch.Add(outcome, length);
        }

        return batch.Found;
    }

    /// <inheritdoc cref="ISyncCacheBackend.TryGet(string, IBufferWriter{byte})"/>
    public abstract bool TryGet(string key, IBufferWriter<byte> destination);

    /// <inheritdoc cref="ISyncCacheBackend.TryRead"/>
    public abstract bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader);

    public abstract CacheEntry? GetEntry(string key);

    public abstract bool Exists(string key);

    public abstract Dictionary<string, byte[]> GetMany(IReadOnlyCollection<string> keys);

    public abstract HashSet<string> ExistsMany(IReadOnlyCollection<string> keys);

    /// <summary>Stores an entry whose value is not longer than allowed.</summary>
    public abstract SetOutcome Set(in EntryDraft draft);

    /// <summary>Stores entries; those whose values are longer than allowed are refused.</summary>
    public abstract SetOutcome[] SetMany(ReadOnlySpan<EntryDraft> drafts);

    public abstract bool Touch(string key, long? expiresAtMilliseconds);

    public abstract bool Delete(string key, long? version);

    public abstract long DeleteMany(IReadOnlyCollection<string> keys);

    public abstract long Clear();

    /// <summary>The keys there are, or were when each was looked at.</summary>
    public abstract IEnumerable<string> Keys();

    public abstract BackendUsage GetUsage();

    /// <summary>About how many bytes are held in all; cheap.</summary>
    public abstract long GetMemoryBytes();

    /// <summary>Evicts entries until a share of what they hold is free; returns how many.</summary>
    /// <param name="share">From 0 to 1; 1: every entry goes.</param>
    public abstract long Trim(double share);

    /// <summary>Bounds the memory by about so much, where the options do not bound it by less; null: no more. What is beyond stays until it is trimmed.</summary>
    public abstract void LimitMemory(long? memoryBytes);

    // With a handful of entries people count them, and expect the one to go that was not used for the longest time.
    private static bool IsOrdered(InMemoryBackendOptions options) =>
        options.Eviction is EvictionMode.Lru or EvictionMode.OldestAdded
        || (options.Eviction == EvictionMode.Adaptive && (options.Capacity <= FewEntries || options.MaxSizeBytes <= FewSizeBytes || options.MaxMemoryBytes <= FewMemoryBytes));
}
