namespace Cistern.Tests;

internal sealed class ComparesVersionsAsDoubles(Opening opening) : DictionaryBackend(opening)
{
    protected override int Compare(long left, long right) => ((double)left).CompareTo(right);
}

internal sealed class ComparesVersionsUnsigned(Opening opening) : DictionaryBackend(opening)
{
    protected override int Compare(long left, long right) => ((ulong)left).CompareTo((ulong)right);
}

internal sealed class ComparesVersionsByTheirDifference(Opening opening) : DictionaryBackend(opening)
{
    protected override int Compare(long left, long right) => Math.Sign(unchecked(left - right));
}

internal sealed class ComparesVersionsAsText(Opening opening) : DictionaryBackend(opening)
{
    protected override int Compare(long left, long right) => string.CompareOrdinal(left.ToString(), right.ToString());
}

internal sealed class StoresTheSameVersionAgain(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) => base.Refusal(draft) is var refused && refused == SetOutcome.AlreadyCurrent ? null : refused;
}

internal sealed class CallsTheSameVersionSuperseded(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) => base.Refusal(draft) is var refused && refused == SetOutcome.AlreadyCurrent ? SetOutcome.Superseded : refused;
}

internal sealed class PlainSetKeepsTheVersion(Opening opening) : DictionaryBackend(opening)
{
    private readonly Dictionary<string, long?> _versions = [];

    protected override Held Hold(in EntryDraft draft, byte[] value, long use)
    {
        _versions[draft.Key] = draft.Version ?? _versions.GetValueOrDefault(draft.Key);
        return base.Hold(draft, value, use) with { Version = _versions[draft.Key] };
    }
}

internal sealed class ExpiredEntryKeepsItsVersion(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) =>
        draft.Version is { } version && Entries.TryGetValue(draft.Key, out var held) && held.Version > version ? SetOutcome.Superseded : base.Refusal(draft);
}

internal sealed class UnversionedEntryKeepsVersionsOut(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft) =>
        draft.Version is not null && Find(draft.Key) is { Version: null } ? SetOutcome.Superseded : base.Refusal(draft);
}

internal sealed class OlderDeleteDeletes(Opening opening) : DictionaryBackend(opening)
{
    protected override bool DeleteCore(string key, long? version)
    {
        lock (Gate) return base.DeleteCore(key, Find(key)?.Version is { } held && held > version ? held : version);
    }
}

internal sealed class DeleteOfTheSameVersionIsRefused(Opening opening) : DictionaryBackend(opening)
{
    protected override bool DeleteCore(string key, long? version)
    {
        lock (Gate) return (version is null || Find(key)?.Version != version) && base.DeleteCore(key, version);
    }
}
