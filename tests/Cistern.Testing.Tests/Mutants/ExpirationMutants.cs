namespace Cistern.Tests;

internal sealed class ExpiresOneMillisecondLate(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsLive(Held held) => held.ExpiresAt is not { } end || NowMilliseconds <= end;
}

internal sealed class ExpiresOneMillisecondEarly(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsLive(Held held) => held.ExpiresAt is not { } end || NowMilliseconds < end - 1;
}

internal sealed class ExpiresToTheSecond(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsLive(Held held) => held.ExpiresAt is not { } end || NowMilliseconds / 1_000 < (end + 999) / 1_000;
}

internal sealed class ListsExpiredEntries(Opening opening) : DictionaryBackend(opening)
{
    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        lock (Gate) return [.. Entries.Keys.Where(pattern.IsMatch)];
    }
}

internal sealed class DeletesExpiredEntriesAsLive(Opening opening) : DictionaryBackend(opening)
{
    protected override bool DeleteCore(string key, long? version)
    {
        lock (Gate)
        {
            var wasThere = Entries.ContainsKey(key);
            return base.DeleteCore(key, version) || (wasThere && !Entries.ContainsKey(key));
        }
    }
}

internal sealed class ClearCountsExpiredEntries(Opening opening) : DictionaryBackend(opening)
{
    protected override long ClearCore()
    {
        lock (Gate)
        {
            var held = Entries.Count;
            base.ClearCore();
            return held;
        }
    }
}

internal sealed class ExistsIgnoresExpiry(Opening opening) : DictionaryBackend(opening)
{
    protected override bool ExistsCore(string key)
    {
        lock (Gate) return Entries.ContainsKey(key);
    }
}

internal sealed class ExistsManyIgnoresExpiry(Opening opening) : DictionaryBackend(opening)
{
    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        lock (Gate) return new(keys.Where(Entries.ContainsKey).ToHashSet());
    }
}

internal sealed class GetManyIgnoresExpiry(Opening opening) : DictionaryBackend(opening)
{
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            foreach (var key in keys.Where(Entries.ContainsKey)) Use(key);
            return new(keys.Where(Entries.ContainsKey).ToDictionary(key => key, key => Give(Entries[key].Value)));
        }
    }
}

internal sealed class ShowsExpiredEntriesForInspection(Opening opening) : DictionaryBackend(opening)
{
    private bool _isInspecting;

    protected override bool IsLive(Held held) => _isInspecting || base.IsLive(held);

    protected override CacheEntry? GetEntryCore(string key)
    {
        lock (Gate)
        {
            _isInspecting = true;
            try { return base.GetEntryCore(key); }
            finally { _isInspecting = false; }
        }
    }
}

internal sealed class FindsExpiredEntriesPresent(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) =>
        draft.Condition == SetCondition.IfAbsent && Entries.ContainsKey(draft.Key) ? SetOutcome.Present : base.Refusal(draft);
}

internal sealed class OverwriteKeepsTheTtl(Opening opening) : DictionaryBackend(opening)
{
    private readonly Dictionary<string, long?> _ends = [];

    protected override Held Hold(in EntryDraft draft, byte[] value, long use)
    {
        if (draft.ExpiresAtMilliseconds is not null || !_ends.ContainsKey(draft.Key)) _ends[draft.Key] = draft.ExpiresAtMilliseconds;
        return base.Hold(draft, value, use) with { ExpiresAt = _ends[draft.Key] };
    }
}

internal sealed class LookupsExtendTheTtl(Opening opening) : DictionaryBackend(opening)
{
    protected override void Use(string name)
    {
        base.Use(name);
        var held = Entries[name];
        Entries[name] = held with { ExpiresAt = held.ExpiresAt + NowMilliseconds - held.CreatedAt, CreatedAt = NowMilliseconds };
    }
}

internal sealed class ForgetsTheAbsoluteEnd(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Hold(in EntryDraft draft, byte[] value, long use) => base.Hold(draft, value, use) with { AbsoluteEnd = null };
}
