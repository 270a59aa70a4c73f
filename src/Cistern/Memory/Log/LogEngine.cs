using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>
/// An engine without an object for each entry: shards of logs, whose segments a garbage collector does not look into, a table of eight bytes for each key, and lookups that
/// take no lock. Entries go by what their shard's policy says; the bounds are the engine's. Safe for concurrent use.
/// </summary>
internal sealed class LogEngine : MemoryEngine
{
    private const int HashBits = 32;
    private const int MostShardBits = HashBits - SlotTable.TagBits;
    private const int ShardsPerProcessor = 4;
    private const int LeastShards = 16;
    private const int TombstoneShare = 4;

    // Where memory is bounded, choosing among rules may have this part of what entries have.
    private const int ChoiceShare = 10;

    // Each shard has so many segments at least, so that what is not full, or is being looked through, is little.
    private const int SegmentsPerShard = 64;
    private const int LeastSegmentBytes = 64;
    private const int MostSegmentBytes = 64 * 1024;
    private const long LeastShardBytes = 1024 * 1024;
    private const long LikelyEntryBytes = 128;
    private const int SlotBytes = 12;

    private readonly LogShard[] _shards;
    private readonly EntryReader[] _readers;
    private readonly int _shardShift;
    private readonly InMemoryBackendOptions _options;
    private readonly LogBudget _budget;
    private readonly EvictionChoice _choice;

    /// <param name="options">Resolved.</param>
    /// <param name="surroundings">The clock, and who counts.</param>
    public LogEngine(InMemoryBackendOptions options, EngineSurroundings surroundings)
    {
        _options = options;
        var (shards, segmentBytes) = Layout(options);
        _shardShift = HashBits - int.Log2(shards);
        _budget = new LogBudget(options.Capacity, options.MaxSizeBytes, options.MaxMemoryBytes);
        _choice = options.Eviction switch
        {
            EvictionMode.S3Fifo => new FixedChoice(EvictionRule.S3Fifo),
            EvictionMode.TinyLfu => new FixedChoice(EvictionRule.TinyLfu),
            _ => new AdaptiveChoice(),
        };
        var around = new LogSurroundings
        {
            Began = surroundings.Now(),
            Now = surroundings.Now,
            Evicted = surroundings.Evicted,
            Expired = surroundings.Expired,
            Choice = _choice,
            BeginChoice = BeginChoice,
            EvictElsewhere = EvictElsewhere,
            RetentionMilliseconds = (long)Math.Ceiling(options.TombstoneRetention.TotalMilliseconds),
            MaxTombstoneBytes = options.MaxMemoryBytes / TombstoneShare / shards,
        };
        _shards = new LogShard[shards];
        for (var i = 0; i < shards; i++) _shards[i] = new LogShard(_budget, around, segmentBytes);
        _readers = [.. _shards.Select(shard => shard.Entries.Store.Reader)];
    }

    public override BatchAtomicity BatchAtomicity => _shards.Length == 1 ? BatchAtomicity.Batch : BatchAtomicity.Part;

    public override long RemovalCount => _shards.Sum(shard => shard.Usage().Removals);

    public override long? MaxEntriesMemoryBytes => _options.MaxMemoryBytes - _shards.Sum(shard => shard.Usage().TombstoneBytes);

    public override long EstimateMemoryBytes(string key, long valueLength) => EntryHead.MostOverheadBytes + SlotBytes + (long)key.Length * sizeof(char) + valueLength + SegmentInfo.Bytes;

    public override void Prefetch(ReadOnlySpan<string> keys)
    {
        Span<uint> hashes = stackalloc uint[MostPrefetched];
        Prefetch(keys[..Math.Min(keys.Length, MostPrefetched)], hashes);
    }

    public override int TryGetMany(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups)
    {
        var (found, used) = (0, 0);
        Span<uint> hashes = stackalloc uint[MostPrefetched];
        for (var first = 0; first < keys.Length; first += MostPrefetched)
        {
            var group = keys[first..Math.Min(keys.Length, first + MostPrefetched)];
            Prefetch(group, hashes);
            for (var i = 0; i < group.Length; i++)
            {
                var sink = new SpanSink(destination[used..]);
                var isThere = Read(group[i], hashes[i], isUse: true, ref sink);
                var outcome = !isThere ? LookupOutcome.Miss : sink.Fits ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
                lookups[first + i] = new BatchLookup(outcome, outcome == LookupOutcome.Hit ? used : 0, isThere ? sink.Length : 0);
                if (outcome == LookupOutcome.Hit) used += sink.Length;
                if (isThere) found++;
            }
        }

        return found;
    }

    public override string? EvictOne()
    {
        var first = Random.Shared.Next(_shards.Length);
        for (var i = 0; i < _shards.Length; i++)
        {
            if (_shards[(first + i) % _shards.Length].EvictOne() is { } key) return key;
        }

        return null;
    }

    public override byte[]? Get(string key)
    {
        var sink = default(ArraySink);
        return Read(key, isUse: true, ref sink) ? sink.Value : null;
    }

    public override LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength)
    {
        var sink = new SpanSink(destination);
        if (Read(key, isUse: true, ref sink))
        {
            valueLength = sink.Length;
            return sink.Fits ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
        }

        valueLength = 0;
        return LookupOutcome.Miss;
    }

    public override bool TryGet(string key, IBufferWriter<byte> destination)
    {
        var sink = new BufferSink(destination);
        if (!Read(key, isUse: true, ref sink)) return false;
        sink.Commit();
        return true;
    }

    [SkipLocalsInit]
    public override bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        // Within another reader there is no place to name a second segment.
        var reading = PlaceReading.Mine;
        if (reading.IsReading) return TryReadCopy(key, state, reader);
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

    public override CacheEntry? GetEntry(string key)
    {
        var hash = KeyHash.OfStored(key);
        return ShardOf(hash).GetEntry(key, hash);
    }

    public override bool Exists(string key)
    {
        var sink = default(NoSink);
        return Read(key, isUse: false, ref sink);
    }

    public override Dictionary<string, byte[]> GetMany(IReadOnlyCollection<string> keys)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        foreach (var group in keys.Chunk(MostPrefetched))
        {
            Prefetch(group);
            foreach (var key in group)
            {
                if (Get(key) is { } value) found.Add(key, value);
            }
        }

        return found;
    }

    public override HashSet<string> ExistsMany(IReadOnlyCollection<string> keys)
    {
        var found = new HashSet<string>();
        foreach (var group in keys.Chunk(MostPrefetched))
        {
            Prefetch(group);
            found.UnionWith(group.Where(Exists));
        }

        return found;
    }

    public override SetOutcome Set(in EntryDraft draft)
    {
        var hash = KeyHash.OfStored(draft.Key);
        var shard = ShardOf(hash);
        var metadata = MetadataBytes.Write(draft.Metadata);
        while (true)
        {
            // Where others were in the way, room is made without a lock held, and it is tried again: also when none could be, as it may be taken by a set that
            // is not done yet.
            var outcome = shard.Set(draft, hash, metadata, out var isBusy);
            if (!isBusy) return outcome;
            if (!EvictAnywhere()) Thread.Yield();
        }
    }

    public override SetOutcome[] SetMany(ReadOnlySpan<EntryDraft> drafts)
    {
        var outcomes = new SetOutcome[drafts.Length];
        var hashes = new uint[drafts.Length];
        var order = new int[drafts.Length];
        var ends = new int[_shards.Length + 1];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = KeyHash.OfStored(drafts[i].Key);
            ends[(int)((ulong)hashes[i] >> _shardShift) + 1]++;
        }

        for (var shard = 1; shard < ends.Length; shard++) ends[shard] += ends[shard - 1];
        var starts = ends.AsSpan().ToArray();
        for (var i = 0; i < hashes.Length; i++) order[starts[(int)((ulong)hashes[i] >> _shardShift)]++] = i;
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            var chosen = order.AsSpan(ends[shard]..ends[shard + 1]);
            if (chosen.IsEmpty || !_shards[shard].SetMany(drafts, hashes, chosen, outcomes, _options.MaxValueBytes)) continue;
            for (var i = 0; i < chosen.Length; i++)
            {
                // Not what a later one of the same key has replaced, or was to.
                var draft = drafts[chosen[i]];
                if (outcomes[chosen[i]] == SetOutcome.TooLarge && draft.Value.Length <= _options.MaxValueBytes && IsLast(drafts, chosen[i..])) outcomes[chosen[i]] = Set(draft);
            }
        }

        return outcomes;
    }

    public override bool Touch(string key, long? expiresAtMilliseconds)
    {
        var hash = KeyHash.OfStored(key);
        return ShardOf(hash).Touch(key, hash, expiresAtMilliseconds);
    }

    public override bool Delete(string key, long? version)
    {
        var hash = KeyHash.OfStored(key);
        return ShardOf(hash).Delete(key, hash, version);
    }

    public override long DeleteMany(IReadOnlyCollection<string> keys) =>
        keys.Select(key => (Key: key, Hash: KeyHash.OfStored(key))).GroupBy(key => ShardOf(key.Hash)).Sum(group => group.Key.DeleteMany(group));

    public override long Clear()
    {
        var cleared = _shards.Sum(shard => shard.Clear());
        _budget.GiveBackMemory(_choice.Clear());
        return cleared;
    }

    public override IEnumerable<string> Keys()
    {
        var keys = new List<string>();
        foreach (var shard in _shards)
        {
            keys.Clear();
            shard.AddKeys(keys);
            foreach (var key in keys.ToArray()) yield return key;
        }
    }

    public override BackendUsage GetUsage()
    {
        var (entries, size, memory) = (0L, 0L, _choice.MemoryBytes);
        foreach (var shard in _shards)
        {
            var usage = shard.Usage();
            (entries, size, memory) = (entries + usage.Entries, size + usage.SizeBytes, memory + usage.MemoryBytes);
        }

        return new BackendUsage { Entries = entries, SizeBytes = size, MemoryBytes = memory };
    }

    // Few entries need one shard and small segments, many need neither.
    private static (int Shards, int SegmentBytes) Layout(InMemoryBackendOptions options)
    {
        var bytes = Math.Min(options.MaxMemoryBytes ?? long.MaxValue, options.MaxSizeBytes ?? long.MaxValue);
        if (options.Capacity is { } capacity && capacity < bytes / LikelyEntryBytes) bytes = capacity * LikelyEntryBytes;
        var most = Math.Min(1 << MostShardBits, Math.Max(LeastShards, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) * ShardsPerProcessor));
        var shards = (int)Math.Clamp(RoundDown(bytes / LeastShardBytes), 1, most);
        return (shards, (int)Math.Clamp(RoundDown(bytes / shards / SegmentsPerShard), LeastSegmentBytes, MostSegmentBytes));
    }

    private static long RoundDown(long number) => number <= 0 ? 0 : 1L << BitOperations.Log2((ulong)number);

    private static bool IsLast(ReadOnlySpan<EntryDraft> drafts, ReadOnlySpan<int> chosen)
    {
        foreach (var later in chosen[1..])
        {
            if (drafts[later].Key == drafts[chosen[0]].Key) return false;
        }

        return true;
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

    // Nearly every lookup ends with the first line that it looks at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Read<TSink>(string key, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        if (ShortKey.TryRead(key, out var shortKey))
        {
            var hash = shortKey.Hash;
            if (ReaderOf(hash).TryReadPlain(shortKey, hash, isUse, ref sink)) return true;
        }

        return ReadCopy(key, isUse, ref sink);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Read<TSink>(string key, uint hash, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct =>
        (ShortKey.TryRead(key, out var shortKey) && ReaderOf(hash).TryReadPlain(shortKey, hash, isUse, ref sink)) || ReadCopy(key, isUse, ref sink);

    // Through a copy of the sink, so that the sink itself need not be in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ReadCopy<TSink>(string key, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        var copy = sink;
        var isThere = ReadAny(key, isUse, ref copy);
        sink = copy;
        return isThere;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReadAny<TSink>(string key, bool isUse, ref TSink sink)
        where TSink : struct, IValueSink, allows ref struct
    {
        var hash = KeyHash.OfStored(key);
        return ShardOf(hash).Read(key, hash, isUse, ref sink);
    }

    private bool TryReadCopy<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        if (Get(key) is not { } value) return false;
        reader(value, state);
        return true;
    }

    // With one shard all bits of the hash are shifted out, which C# does not do.
    private LogShard ShardOf(uint hash) => _shards[(int)((ulong)hash >> _shardShift)];

    private EntryReader ReaderOf(uint hash) => _readers[(int)((ulong)hash >> _shardShift)];

    private bool EvictElsewhere(ShardEntries asking, out bool isBusy)
    {
        isBusy = false;
        foreach (var shard in _shards)
        {
            if (shard.Entries == asking) continue;
            if (shard.TryEvictForAnother(waits: false, out var isThisBusy)) return true;
            isBusy |= isThisBusy;
        }

        return false;
    }

    private bool EvictAnywhere() => _shards.Any(shard => shard.TryEvictForAnother(waits: true, out _));

    // What a shadow is to be like is known once the cache is full.
    private void BeginChoice(ShardEntries asking)
    {
        if (_choice.WantedBytes(1, long.MaxValue) == 0) return;
        var (entries, bytes) = (_shards.Sum(shard => (long)shard.Entries.Store.Count), _shards.Sum(shard => shard.Entries.Store.LiveBytes));
        var most = _budget.IsMemoryBounded ? bytes / ChoiceShare : long.MaxValue;
        var wanted = _choice.WantedBytes(entries, most);
        if (wanted == 0 || wanted > most || !asking.TryTakeMemoryAlone(wanted)) return;
        if (!_choice.TryBegin(entries, bytes, most)) _budget.GiveBackMemory(wanted);
    }
}
