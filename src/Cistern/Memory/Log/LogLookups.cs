using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>The lookups of an engine of logs, in any of its shards. Safe for concurrent use; they take a shard's lock only where it changes all the time, or something has expired.</summary>
/// <param name="shards">The shards.</param>
/// <param name="shardShift">By how many bits a hash is shifted to tell the shard.</param>
internal sealed class LogLookups(LogShard[] shards, int shardShift)
{
    private readonly EntryReader[] _readers = [.. shards.Select(shard => shard.Entries.Store.Reader)];

    public void Prefetch(ReadOnlySpan<string> keys)
    {
        Span<uint> hashes = stackalloc uint[MemoryEngine.MostPrefetched];
        Prefetch(keys[..Math.Min(keys.Length, MemoryEngine.MostPrefetched)], hashes);
    }

    /// <inheritdoc cref="MemoryEngine.TryGetMany"/>
    public int TryGetMany(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups)
    {
        var batch = new BatchLookups(destination, lookups);
        Span<uint> hashes = stackalloc uint[MemoryEngine.MostPrefetched];
        for (var first = 0; first < keys.Length; first += MemoryEngine.MostPrefetched)
        {
            var group = keys[first..Math.Min(keys.Length, first + MemoryEngine.MostPrefetched)];
            Prefetch(group, hashes);
            for (var i = 0; i < group.Length; i++)
            {
                var sink = new SpanSink(batch.Rest);
                var isThere = Read(group[i], hashes[i], isUse: true, ref sink);
                batch.Add(OutcomeOf(isThere, sink, out var length), length);
            }
        }

        return batch.Found;
    }

    public byte[]? Get(string key)
    {
        var sink = default(ArraySink);
        return Read(key, isUse: true, ref sink) ? sink.Value : null;
    }

    /// <summary>Copies a value into the caller's memory, in the shortest way.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Where the value goes.</param>
    /// <returns>The length of the value; less than 0: <see cref="TryGet(string, Span{byte}, out int)"/> tells.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TryGetPlain(string key, Span<byte> destination)
    {
        var sink = new SpanSink(destination);
        return ReadPlain(key, isUse: true, ref sink);
    }

    public LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength)
    {
        var sink = new SpanSink(destination);
        var isThere = Read(key, isUse: true, ref sink);
        return OutcomeOf(isThere, sink, out valueLength);
    }

    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        var sink = new BufferSink(destination);
        if (!Read(key, isUse: true, ref sink)) return false;
        sink.Commit();
        return true;
    }

    [SkipLocalsInit]
    public bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        // Within another reader there is no place to name a second segment.
        var reading = PlaceReading.Mine;
        if (reading.IsReading) return ReadArray(key, state, reader);
        try
        {
            var sink = new PlaceSink(reading, stackalloc byte[ShardEntries.MostBytesWrittenOver]);
            if (!Read(key, isUse: true, ref sink)) return false;
            reader(sink.Value, state);
            return true;
        }
        finally
        {
            reading.End();
        }
    }

    public bool Exists(string key)
    {
        var sink = default(NoSink);
        return Read(key, isUse: false, ref sink);
    }

    public Dictionary<string, byte[]> GetMany(IReadOnlyCollection<string> keys)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        foreach (var group in keys.Chunk(MemoryEngine.MostPrefetched))
        {
            Prefetch(group);
            foreach (var key in group)
            {
                if (Get(key) is { } value) found.Add(key, value);
            }
        }

        return found;
    }

    public HashSet<string> ExistsMany(IReadOnlyCollection<string> keys)
    {
        var found = new HashSet<string>();
        foreach (var group in keys.Chunk(MemoryEngine.MostPrefetched))
        {
            Prefetch(group);
            found.UnionWith(group.Where(Exists));
        }

        return found;
    }

    // Where nothing is there, the sink may have taken what did not count.
    private static LookupOutcome OutcomeOf(bool isThere, SpanSink sink, out int valueLength)
    {
        valueLength = isThere ? sink.Length : 0;
        return !isThere ? LookupOutcome.Miss : sink.Fits ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
    }

    // In steps, each of which needs what the one before has fetched: all keys, all slots, all entries.
    private void Prefetch(ReadOnlySpan<string> keys, Span<uint> hashes)
    {
        foreach (var key in keys) Prefetching.Fetch(key);
        for (var i = 0; i < keys.Length; i++)
        {
            hashes[i] = KeyHash.OfStored(keys[i]);
            ReaderOf(hashes[i]).PrefetchSlots(hashes[i]);
        }

        foreach (var hash in hashes[..keys.Length]) ReaderOf(hash).PrefetchEntry(hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Read<TSink>(string key, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct =>
        ReadPlain(key, isUse, ref sink) >= 0 || SearchWithCopy(key, KeyHash.OfStored(key), isUse, ref sink);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Read<TSink>(string key, uint hash, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        if (TwoBlockKey.IsLength(key.Length))
        {
            var shortKey = new TwoBlockKey(key);
            if (shortKey.IsAscii && ReaderOf(hash).ReadPlain(shortKey, hash, isUse, ref sink) >= 0) return true;
        }

        return SearchWithCopy(key, hash, isUse, ref sink);
    }

    // Nearly every lookup ends here, with the first line that it looks at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadPlain<TSink>(string key, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        if (!TwoBlockKey.IsLength(key.Length)) return -1;
        var shortKey = new TwoBlockKey(key);
        if (!shortKey.IsAscii) return -1;
        var hash = shortKey.Hash;
        return ReaderOf(hash).ReadPlain(shortKey, hash, isUse, ref sink);
    }

    // Through a copy of the sink, so that the sink itself need not be in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool SearchWithCopy<TSink>(string key, uint hash, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        var copy = sink;
        var isThere = Search(key, hash, isUse, ref copy);
        sink = copy;
        return isThere;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Search<TSink>(string key, uint hash, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        if (OneBlockKey.IsLength(key.Length))
        {
            var shortKey = new OneBlockKey(key);
            if (shortKey.IsAscii && ReaderOf(hash).ReadPlain(shortKey, hash, isUse, ref sink) >= 0) return true;
        }

        return shards[LogLayout.ShardOf(hash, shardShift)].Search(key, hash, isUse, ref sink);
    }

    private bool ReadArray<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        if (Get(key) is not { } value) return false;
        reader(value, state);
        return true;
    }

    // Without a look at how many there are: so many are left of a hash.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private EntryReader ReaderOf(uint hash) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_readers), (nuint)LogLayout.ShardOf(hash, shardShift));
}
