using System.Buffers;
using Cistern;

namespace Samples;

#region OwnBackend
/// <summary>Entries in a dictionary, without bounds. Small enough to read at one go; every rule of the contract holds.</summary>
public sealed class DictionaryBackend(TimeProvider? timeProvider = null) : CacheBackend("dictionary", timeProvider)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CacheEntry> _entries = [];
    private readonly Dictionary<string, (long Version, long ExpiresAt)> _tombstones = [];

    public override BackendCapabilities Capabilities { get; } = new() { VersionRetention = VersionRetention.UntilEvicted };

    protected override ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock) return new(Find(key)?.Value.ToArray());
    }

    protected override ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken)
    {
        // A copy: what the caller does to it stays with the caller.
        lock (_lock) return new(Find(key) is { } entry ? entry with { Value = entry.Value.ToArray() } : null);
    }

    protected override ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock) return new(Find(key) is not null);
    }

    protected override ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        // The draft is validated, its TTL is an instant, and its value is only borrowed: copy it.
        var entry = new CacheEntry
        {
            Key = draft.Key,
            Value = draft.Value.ToArray(),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(draft.CreatedAtMilliseconds),
            ExpiresAt = Instant(draft.ExpiresAtMilliseconds),
            AbsoluteExpiration = Instant(draft.AbsoluteExpirationMilliseconds),
            Metadata = draft.Metadata is null ? new Dictionary<string, string>().AsReadOnly() : new Dictionary<string, string>(draft.Metadata).AsReadOnly(),
            Version = draft.Version,
        };
        lock (_lock)
        {
            var current = Find(draft.Key);
            if (draft.Condition == SetCondition.IfAbsent && current is not null) return new(SetOutcome.Present);
            if (draft.Version is { } version)
            {
                if (Tombstone(draft.Key) >= version || current?.Version > version) return new(SetOutcome.Superseded);
                if (current?.Version == version) return new(SetOutcome.AlreadyCurrent);
            }

            _tombstones.Remove(draft.Key);
            _entries[draft.Key] = entry;
            return new(SetOutcome.Stored);
        }
    }

    protected override ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (Find(key) is not { } entry) return new(false);
            var end = Instant(expiresAtMilliseconds);
            _entries[key] = entry with { ExpiresAt = entry.AbsoluteExpiration is { } limit && !(end < limit) ? limit : end };
            return new(true);
        }
    }

    protected override ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var current = Find(key);
            if (current?.Version > version) return new(false);
            if (version is { } deleted) _tombstones[key] = (Math.Max(deleted, Tombstone(key) ?? deleted), NowMilliseconds + 60_000);
            else _tombstones.Remove(key);
            _entries.Remove(key);
            return new(current is not null);
        }
    }

    protected override ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var live = _entries.Keys.ToArray().LongCount(key => Find(key) is not null);
            _entries.Clear();
            return new(live);
        }
    }

    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken)
    {
        // A snapshot: no lock is held while the caller handles a key.
        lock (_lock) return _entries.Keys.ToArray().Where(key => pattern.IsMatch(key) && Find(key) is not null).ToArray().ToAsyncEnumerable();
    }

    protected override ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return new(new BackendUsage { Entries = _entries.Count, SizeBytes = _entries.Values.Sum(entry => entry.SizeBytes) });
    }

    private static DateTimeOffset? Instant(long? milliseconds) => milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private long? Tombstone(string key) => _tombstones.TryGetValue(key, out var tombstone) && NowMilliseconds < tombstone.ExpiresAt ? tombstone.Version : null;

    private CacheEntry? Find(string key)
    {
        if (!_entries.TryGetValue(key, out var entry)) return null;
        if (!entry.IsExpired(DateTimeOffset.FromUnixTimeMilliseconds(NowMilliseconds))) return entry;
        _entries.Remove(key);
        return null;
    }
}
#endregion
