using System.Buffers;

namespace Cistern.Tests;

/// <summary>
/// The contract written as plainly as it can be: two dictionaries under one lock, no index, expired entries left where they lie. Each rule
/// that a mutant breaks is a member of its own.
/// </summary>
internal class DictionaryBackend(Opening opening) : SyncCacheBackend("dictionary", opening.Clock)
{
    private const long RetentionMilliseconds = 60_000;

    private readonly Dictionary<string, (long Version, long EndsAt)> _tombstones = [];
    private long _uses;
    private long _removals;

    public override BackendCapabilities Capabilities { get; } = new()
    {
        ReportsEvictions = true,
        BatchAtomicity = BatchAtomicity.Entry,
        VersionRetention = VersionRetention.UntilEvicted,
        Capacity = opening.Capacity,
        MaxSizeBytes = opening.MaxSizeBytes,
    };

    public override long? RemovalCount
    {
        get
        {
            lock (Gate)
            {
                foreach (var (key, _) in Entries.Where(pair => !IsLive(pair.Value)).ToList()) Remove(key);
                return _removals;
            }
        }
    }

    protected Lock Gate { get; } = new();

    protected Dictionary<string, Held> Entries { get; } = [];

    protected override byte[]? GetCore(string key)
    {
        lock (Gate)
        {
            if (Find(key) is not { } held) return null;
            Use(NameOf(key));
            return Give(held.Value);
        }
    }

    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength)
    {
        var value = GetCore(key);
        valueLength = value?.Length ?? 0;
        if (value is null) return LookupOutcome.Miss;
        return value.AsSpan().TryCopyTo(destination) ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
    }

    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        if (GetCore(key) is not { } value) return false;
        reader(value, state);
        return true;
    }

    protected override CacheEntry? GetEntryCore(string key)
    {
        lock (Gate)
        {
            if (Find(key) is not { } held) return null;
            return new CacheEntry
            {
                Key = key,
                Value = Give(held.Value),
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(held.CreatedAt),
                ExpiresAt = Instant(held.ExpiresAt),
                AbsoluteExpiration = Instant(held.AbsoluteEnd),
                Metadata = held.Metadata ?? new Dictionary<string, string>(),
                Version = held.Version,
            };
        }
    }

    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        lock (Gate)
        {
            var value = Keep(draft.Value);
            if (SizeOf(draft.Key, value) > opening.MaxSizeBytes) return SetOutcome.TooLarge;
            if (Refusal(draft) is { } refused) return refused;
            _tombstones.Remove(NameOf(draft.Key));
            if (Find(draft.Key) is null) Remove(draft.Key);
            Entries.Remove(NameOf(draft.Key));
            while (IsFull(SizeOf(draft.Key, value)) && Victim() is { } victim) Evict(victim);
            Entries.Add(NameOf(draft.Key), Hold(draft, value, ++_uses));
            return SetOutcome.Stored;
        }
    }

    protected override bool TouchCore(string key, long? expiresAtMilliseconds)
    {
        lock (Gate)
        {
            if (Find(key) is not { } held) return false;
            Entries[NameOf(key)] = Touched(held, expiresAtMilliseconds);
            return true;
        }
    }

    protected override bool DeleteCore(string key, long? version)
    {
        lock (Gate)
        {
            var held = Find(key);
            if (version is null) Forget(key);
            else if (held?.Version is { } current && Compare(current, version.Value) > 0) return false;
            else Bury(key, TombstoneOf(key) is { } known && Compare(known, version.Value) > 0 ? known : version.Value);
            Remove(key);
            return held is not null;
        }
    }

    protected override bool ExistsCore(string key)
    {
        lock (Gate) return Find(key) is not null;
    }

    protected override long ClearCore()
    {
        lock (Gate)
        {
            var live = Entries.Values.Count(IsLive);
            foreach (var key in Entries.Keys.ToList()) Remove(key);
            return live;
        }
    }

    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        lock (Gate) return [.. Entries.Where(pair => IsLive(pair.Value) && IsMatch(pattern, pair.Key)).Select(pair => pair.Key)];
    }

    protected override BackendUsage GetUsageCore()
    {
        lock (Gate) return new BackendUsage { Entries = Entries.Count, SizeBytes = HeldBytes };
    }

    protected long HeldBytes => Entries.Sum(pair => SizeOf(pair.Key, pair.Value.Value));

    protected virtual bool IsLive(Held held) => held.ExpiresAt is not { } end || NowMilliseconds < end;

    protected virtual string NameOf(string key) => key;

    protected virtual bool IsMatch(KeyPattern pattern, string key) => pattern.IsMatch(key);

    protected virtual byte[] Keep(ReadOnlySequence<byte> value) => value.ToArray();

    protected virtual byte[] Give(byte[] value) => [.. value];

    protected virtual long SizeOf(string key, byte[] value) => value.Length;

    protected virtual int Compare(long left, long right) => left.CompareTo(right);

    protected virtual Held Hold(in EntryDraft draft, byte[] value, long use) => new(
        value, draft.CreatedAtMilliseconds, draft.ExpiresAtMilliseconds, draft.AbsoluteExpirationMilliseconds, draft.Metadata?.ToDictionary(), draft.Version, use);

    protected virtual Held Touched(Held held, long? expiresAt) => held with { ExpiresAt = held.AbsoluteEnd is { } end && !(expiresAt < end) ? end : expiresAt };

    protected virtual SetOutcome? Refusal(in EntryDraft draft)
    {
        var held = Find(draft.Key);
        if (draft.Condition == SetCondition.IfAbsent) return held is null ? null : SetOutcome.Present;
        if (draft.Version is not { } version) return null;
        if (TombstoneOf(draft.Key) is { } buried && Compare(version, buried) <= 0) return SetOutcome.Superseded;
        if (held?.Version is not { } current || Compare(version, current) > 0) return null;
        return Compare(version, current) == 0 ? SetOutcome.AlreadyCurrent : SetOutcome.Superseded;
    }

    protected virtual long? TombstoneOf(string key) => _tombstones.TryGetValue(NameOf(key), out var tombstone) && NowMilliseconds < tombstone.EndsAt ? tombstone.Version : null;

    protected virtual void Bury(string key, long version) => _tombstones[NameOf(key)] = (version, NowMilliseconds + RetentionMilliseconds);

    protected virtual void Forget(string key) => _tombstones.Remove(NameOf(key));

    protected virtual bool IsFull(long newBytes) => Entries.Count >= opening.Capacity || HeldBytes + newBytes > opening.MaxSizeBytes;

    protected virtual string? Victim() => Entries.Count == 0 ? null : Entries.MinBy(pair => pair.Value.Use).Key;

    protected virtual void Evict(string key)
    {
        Remove(key);
        CountEvictions(1);
    }

    protected virtual void Use(string name) => Entries[name] = Entries[name] with { Use = ++_uses };

    protected Held? Find(string key) => Entries.TryGetValue(NameOf(key), out var held) && IsLive(held) ? held : null;

    protected void Remove(string key) => _removals += Entries.Remove(NameOf(key)) ? 1 : 0;

    private static DateTimeOffset? Instant(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
