namespace Cistern.Tests;

internal sealed class ClearForgetsTombstones(Opening opening) : DictionaryBackend(opening)
{
    private readonly HashSet<string> _buried = [];

    protected override void Bury(string key, long version)
    {
        _buried.Add(key);
        base.Bury(key, version);
    }

    protected override long ClearCore()
    {
        foreach (var key in _buried) Forget(key);
        return base.ClearCore();
    }
}

internal sealed class TombstonesNeverEnd(Opening opening) : DictionaryBackend(opening)
{
    private readonly Dictionary<string, long> _versions = [];

    protected override long? TombstoneOf(string key) => _versions.TryGetValue(key, out var version) ? version : null;

    protected override void Bury(string key, long version) => _versions[key] = version;

    protected override void Forget(string key) => _versions.Remove(key);
}

internal sealed class TombstonesLastFromTheFirstDelete(Opening opening) : DictionaryBackend(opening)
{
    protected override void Bury(string key, long version)
    {
        if (!(TombstoneOf(key) >= version)) base.Bury(key, version);
    }
}

internal sealed class TombstoneLetsItsOwnVersionIn(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) => draft.Version is { } version && TombstoneOf(draft.Key) == version ? null : base.Refusal(draft);
}

internal sealed class TombstoneCallsItsOwnVersionCurrent(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) =>
        draft.Version is { } version && TombstoneOf(draft.Key) == version ? SetOutcome.AlreadyCurrent : base.Refusal(draft);
}

internal sealed class TombstoneOnlyWhereAnEntryWas(Opening opening) : DictionaryBackend(opening)
{
    protected override void Bury(string key, long version)
    {
        if (Find(key) is not null) base.Bury(key, version);
    }
}

internal sealed class OlderDeleteLowersTheTombstone(Opening opening) : DictionaryBackend(opening)
{
    protected override bool DeleteCore(string key, long? version)
    {
        lock (Gate)
        {
            if (TombstoneOf(key) > version) Forget(key);
            return base.DeleteCore(key, version);
        }
    }
}

internal sealed class OlderDeleteLeavesATombstoneBesideTheEntry(Opening opening) : DictionaryBackend(opening)
{
    protected override bool DeleteCore(string key, long? version)
    {
        lock (Gate)
        {
            if (Find(key)?.Version > version) Bury(key, version.Value);
            return base.DeleteCore(key, version);
        }
    }
}

internal sealed class TombstoneKeepsIfAbsentOut(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) =>
        draft.Condition == SetCondition.IfAbsent && TombstoneOf(draft.Key) is not null ? SetOutcome.Present : base.Refusal(draft);
}

internal sealed class PlainDeleteKeepsTheTombstone(Opening opening) : DictionaryBackend(opening)
{
    protected override void Forget(string key)
    {
    }
}

internal sealed class PlainSetKeepsTheTombstone(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Hold(in EntryDraft draft, byte[] value, long use)
    {
        if (_buried.TryGetValue(draft.Key, out var version)) Bury(draft.Key, version);
        return base.Hold(draft, value, use);
    }

    private readonly Dictionary<string, long> _buried = [];

    protected override void Bury(string key, long version) => base.Bury(key, _buried[key] = version);

    protected override void Forget(string key)
    {
        _buried.Remove(key);
        base.Forget(key);
    }
}
