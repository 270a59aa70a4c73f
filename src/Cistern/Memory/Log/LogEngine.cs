using System.Buffers;

namespace Cistern;

/// <summary>
/// An engine without an object for each entry: shards of logs, whose segments a garbage collector does not look into, a table of eight bytes for each key, and lookups that
/// take no lock. Entries go by what their shard's policy says; the bounds are the engine's. Safe for concurrent use.
/// </summary>
internal sealed class LogEngine : MemoryEngine
{
    private const int TombstoneShare = 4;

    // Where memory is bounded, choosing among rules may have this part of what entries have.
    private const int ChoiceShare = 16;
    private const int SlotBytes = 12;

    private readonly LogShard[] _shards;
    private readonly int _shardShift;
    private readonly InMemoryBackendOptions _options;
    private readonly LogBudget _budget;
    private readonly EvictionChoice _choice;

    /// <param name="options">Resolved.</param>
    /// <param name="surroundings">The clock, and who counts.</param>
    public LogEngine(InMemoryBackendOptions options, EngineSurroundings surroundings)
    {
        _options = options;
        var (shards, segmentBytes) = LogLayout.For(options);
        _shardShift = LogLayout.HashBits - int.Log2(shards);
        _budget = new LogBudget(options.Capacity, options.MaxSizeBytes, options.MaxMemoryBytes, shards, surroundings.Took);
        _choice = options.Eviction switch
        {
            EvictionMode.S3Fifo => new FixedChoice(EvictionRule.S3Fifo),
            EvictionMode.TinyLfu => new FixedChoice(EvictionRule.TinyLfu),
            _ => new AdaptiveChoice(options.EvictionGoal),
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
            Goal = options.EvictionGoal,
            MaxTombstoneBytes = options.MaxMemoryBytes / TombstoneShare / shards,
        };
        _shards = new LogShard[shards];
        for (var i = 0; i < shards; i++) _shards[i] = new LogShard(_budget, around, segmentBytes);
        Lookups = new LogLookups(_shards, _shardShift);
    }

    /// <summary>Its lookups.</summary>
    public LogLookups Lookups { get; }

    public override BatchAtomicity BatchAtomicity => _shards.Length == 1 ? BatchAtomicity.Batch : BatchAtomicity.Part;

    public override long RemovalCount => _shards.Sum(shard => shard.Usage().Removals);

    public override long? MaxEntriesMemoryBytes => _options.MaxMemoryBytes - _shards.Sum(shard => shard.Usage().TombstoneBytes);

    public override long EstimateMemoryBytes(string key, long valueLength) => EntryHead.MostOverheadBytes + SlotBytes + (long)key.Length * sizeof(char) + valueLength + SegmentInfo.Bytes;

    public override string? EvictOne()
    {
        var first = Random.Shared.Next(_shards.Length);
        for (var i = 0; i < _shards.Length; i++)
        {
            if (_shards[(first + i) % _shards.Length].EvictOne() is { } key) return key;
        }

        return null;
    }

    public override void Prefetch(ReadOnlySpan<string> keys) => Lookups.Prefetch(keys);

    public override byte[]? Get(string key) => Lookups.Get(key);

    public override LookupOutcome TryGet(string key, Span<byte> destination, out int valueLength) => Lookups.TryGet(key, destination, out valueLength);

    public override int TryGetMany(ReadOnlySpan<string> keys, Span<byte> destination, Span<BatchLookup> lookups) => Lookups.TryGetMany(keys, destination, lookups);

    public override bool TryGet(string key, IBufferWriter<byte> destination) => Lookups.TryGet(key, destination);

    public override bool TryRead<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader) => Lookups.TryRead(key, state, reader);

    public override bool Exists(string key) => Lookups.Exists(key);

    public override Dictionary<string, byte[]> GetMany(IReadOnlyCollection<string> keys) => Lookups.GetMany(keys);

    public override HashSet<string> ExistsMany(IReadOnlyCollection<string> keys) => Lookups.ExistsMany(keys);

    public override CacheEntry? GetEntry(string key)
    {
        var hash = KeyHash.OfStored(key);
        return ShardOf(hash).GetEntry(key, hash);
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
            ends[LogLayout.ShardOf(hashes[i], _shardShift) + 1]++;
        }

        for (var shard = 1; shard < ends.Length; shard++) ends[shard] += ends[shard - 1];
        var starts = ends.AsSpan().ToArray();
        for (var i = 0; i < hashes.Length; i++) order[starts[LogLayout.ShardOf(hashes[i], _shardShift)]++] = i;
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

    public override long Trim(double share)
    {
        var (evicted, idle) = (0L, 0);
        var (entries, most) = (CountEntries(), (long)(_budget.SegmentBytes * (1 - share)));

        // Not more than there were: others may set as fast as this evicts.
        for (var i = 0; idle < _shards.Length && _budget.SegmentBytes > most && evicted < entries; i = (i + 1) % _shards.Length)
        {
            var before = _budget.SegmentBytes;
            var count = _shards[i].Trim();
            evicted += count;
            idle = count == 0 && _budget.SegmentBytes >= before ? idle + 1 : 0;
        }

        if (_shards.Count(shard => shard.GiveBackUnneeded()) == _shards.Length) _budget.GiveBackMemory(_choice.Clear());
        return evicted;
    }

    public override void LimitMemory(long? memoryBytes) => _budget.Limit(memoryBytes);

    public override long GetMemoryBytes() => _budget.MemoryBytes;

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

    private static bool IsLast(ReadOnlySpan<EntryDraft> drafts, ReadOnlySpan<int> chosen)
    {
        foreach (var later in chosen[1..])
        {
            if (drafts[later].Key == drafts[chosen[0]].Key) return false;
        }

        return true;
    }

    private LogShard ShardOf(uint hash) => _shards[LogLayout.ShardOf(hash, _shardShift)];

    // Without locks: about.
    private long CountEntries() => _shards.Sum(shard => (long)shard.Entries.Store.Count);

    private bool EvictElsewhere(ShardEntries asking, out bool isBusy)
    {
        isBusy = false;

        // From the one that holds the most, until it has given a segment back: of each a little would be no segment for long.
        var fullest = _shards[0];
        foreach (var shard in _shards)
        {
            if (shard.Entries.HeldBytes > fullest.Entries.HeldBytes) fullest = shard;
        }

        if (fullest.Entries != asking && fullest.TryEvictForAnother(waits: false, out _)) return true;
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
        var (entries, bytes) = (CountEntries(), _shards.Sum(shard => shard.Entries.Store.LiveBytes));

        // The shard that asks gives all of it: not more than a quarter of what it has.
        var most = _budget.IsMemoryBounded ? Math.Min(bytes, ChoiceShare / 4 * asking.Store.LiveBytes) / ChoiceShare : long.MaxValue;
        var wanted = _choice.WantedBytes(entries, most);
        if (wanted == 0 || wanted > most || !asking.TryTakeMemoryAlone(wanted)) return;
        bool hasBegun;
        try { hasBegun = _choice.TryBegin(entries, bytes, most); }
        catch (OutOfMemoryException) { hasBegun = false; }
        if (!hasBegun) _budget.GiveBackMemory(wanted);
    }
}
