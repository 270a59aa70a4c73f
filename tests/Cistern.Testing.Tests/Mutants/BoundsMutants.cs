namespace Cistern.Tests;

internal sealed class EvictsTheNewest(Opening opening) : DictionaryBackend(opening)
{
    protected override string? Victim() => Entries.Count == 0 ? null : Entries.MaxBy(pair => pair.Value.Use).Key;
}

internal sealed class EvictsTheNewEntry(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        lock (Gate)
        {
            var isFull = IsFull(draft.Value.Length) && Find(draft.Key) is null && Entries.Count > 0;
            if (!isFull || base.Refusal(draft) is not null || draft.Value.Length > Capabilities.MaxSizeBytes) return base.SetCore(draft);
            CountEvictions(1);
            return SetOutcome.Stored;
        }
    }
}

internal sealed class EvictsTheSmallest(Opening opening) : DictionaryBackend(opening)
{
    protected override string? Victim() => Entries.Count == 0 ? null : Entries.MinBy(pair => pair.Value.Value.Length).Key;
}

internal sealed class EvictsEverythingAtOnce(Opening opening) : DictionaryBackend(opening)
{
    protected override void Evict(string key)
    {
        foreach (var held in Entries.Keys.ToList()) base.Evict(held);
    }
}

internal sealed class EvictsWithoutCounting(Opening opening) : DictionaryBackend(opening)
{
    protected override void Evict(string key) => Remove(key);
}

internal sealed class EvictsWithoutCountingTheRemoval(Opening opening) : DictionaryBackend(opening)
{
    protected override void Evict(string key)
    {
        Entries.Remove(key);
        CountEvictions(1);
    }
}

internal sealed class LookupsAreNoUse(Opening opening) : DictionaryBackend(opening)
{
    protected override void Use(string name)
    {
    }
}

internal sealed class OverwritingIsNoUse(Opening opening) : DictionaryBackend(opening)
{
    private readonly Dictionary<string, long> _uses = [];

    protected override Held Hold(in EntryDraft draft, byte[] value, long use)
    {
        _uses.TryAdd(draft.Key, use);
        return base.Hold(draft, value, _uses[draft.Key]);
    }
}

internal sealed class InspectionIsAUse(Opening opening) : DictionaryBackend(opening)
{
    protected override CacheEntry? GetEntryCore(string key)
    {
        GetCore(key);
        return base.GetEntryCore(key);
    }
}

internal sealed class ExistsIsAUse(Opening opening) : DictionaryBackend(opening)
{
    protected override bool ExistsCore(string key) => GetCore(key) is not null;
}

internal sealed class TouchIsAUse(Opening opening) : DictionaryBackend(opening)
{
    protected override bool TouchCore(string key, long? expiresAtMilliseconds) => base.TouchCore(key, expiresAtMilliseconds) && GetCore(key) is not null;
}

internal sealed class RefusedSetIsAUse(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft)
    {
        var refused = base.Refusal(draft);
        if (refused is not null && Find(draft.Key) is not null) Use(draft.Key);
        return refused;
    }
}

internal sealed class HoldsOneEntryTooMany(Opening opening) : DictionaryBackend(opening with { Capacity = opening.Capacity + 1 });

internal sealed class HoldsOneByteTooFew(Opening opening) : DictionaryBackend(opening)
{
    protected override bool IsFull(long newBytes) => base.IsFull(newBytes + 1);
}

internal sealed class SizeCountsTheKey(Opening opening) : DictionaryBackend(opening)
{
    protected override long SizeOf(string key, byte[] value) => System.Text.Encoding.UTF8.GetByteCount(key) + value.Length;
}

internal sealed class TombstonesTakePlaces(Opening opening) : DictionaryBackend(opening)
{
    private readonly HashSet<string> _buried = [];

    protected override bool IsFull(long newBytes) => base.IsFull(newBytes) || Entries.Count + _buried.Count >= Capabilities.Capacity;

    protected override void Bury(string key, long version)
    {
        if (_buried.Add(key) && IsFull(0) && Victim() is { } victim) Evict(victim);
        base.Bury(key, version);
    }
}

internal sealed class UsageCountsEverySet(Opening opening) : DictionaryBackend(opening)
{
    private long _sets;

    protected override Held Hold(in EntryDraft draft, byte[] value, long use)
    {
        _sets++;
        return base.Hold(draft, value, use);
    }

    protected override long ClearCore()
    {
        _sets = 0;
        return base.ClearCore();
    }

    protected override BackendUsage GetUsageCore() => base.GetUsageCore() with { Entries = _sets };
}

internal sealed class ExpiryCountsAsEviction(Opening opening) : DictionaryBackend(opening)
{
    protected override byte[]? GetCore(string key)
    {
        lock (Gate)
        {
            if (Entries.TryGetValue(key, out var held) && !IsLive(held)) Evict(key);
            return base.GetCore(key);
        }
    }
}

internal sealed class RemovalCountWaitsForALookup(Opening opening) : DictionaryBackend(opening)
{
    private long _removals;

    public override long? RemovalCount => _removals;

    protected override byte[]? GetCore(string key)
    {
        lock (Gate)
        {
            if (Entries.ContainsKey(key) && Find(key) is null) _removals++;
            return base.GetCore(key);
        }
    }

    protected override bool DeleteCore(string key, long? version)
    {
        _removals++;
        return base.DeleteCore(key, version);
    }
}
