using System.Buffers;
using System.Runtime.InteropServices;

namespace Cistern.Tests;

internal sealed class RefusedSetClearsTheOldValue(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft)
    {
        var refused = base.Refusal(draft);
        if (refused is not null && Find(draft.Key) is { } held) Entries[draft.Key] = held with { Value = [] };
        return refused;
    }
}

internal sealed class RefusedSetRenewsTheTtl(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome? Refusal(in EntryDraft draft)
    {
        var refused = base.Refusal(draft);
        if (refused is not null && Find(draft.Key) is { } held) Entries[draft.Key] = held with { ExpiresAt = draft.ExpiresAtMilliseconds };
        return refused;
    }
}

internal sealed class TooLargeSetDeletesTheEntry(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        lock (Gate)
        {
            var outcome = base.SetCore(draft);
            if (outcome == SetOutcome.TooLarge) Remove(draft.Key);
            return outcome;
        }
    }
}

internal sealed class ConditionComesBeforeTooLarge(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        lock (Gate) return Refusal(draft) ?? base.SetCore(draft);
    }
}

internal sealed class SharesTheCallersArray(Opening opening) : DictionaryBackend(opening)
{
    protected override byte[] Keep(ReadOnlySequence<byte> value) =>
        value.IsSingleSegment && MemoryMarshal.TryGetArray(value.First, out var array) && array.Array!.Length == array.Count ? array.Array : base.Keep(value);
}

internal sealed class GivesAwayItsOwnArray(Opening opening) : DictionaryBackend(opening)
{
    protected override byte[] Give(byte[] value) => value;
}

internal sealed class KeepsOnlyTheFirstSegment(Opening opening) : DictionaryBackend(opening)
{
    protected override byte[] Keep(ReadOnlySequence<byte> value) => value.FirstSpan.ToArray();
}

internal sealed class KeepsValuesAsText(Opening opening) : DictionaryBackend(opening)
{
    protected override byte[] Keep(ReadOnlySequence<byte> value) => System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(value.ToArray()));
}

internal sealed class EmptyValueIsAMiss(Opening opening) : DictionaryBackend(opening)
{
    protected override byte[]? GetCore(string key) => base.GetCore(key) is { Length: > 0 } value ? value : null;
}

internal sealed class SharesTheCallersMetadata(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Hold(in EntryDraft draft, byte[] value, long use) => base.Hold(draft, value, use) with { Metadata = draft.Metadata };
}

internal sealed class MetadataNamesIgnoreCase(Opening opening) : DictionaryBackend(opening)
{
    protected override Held Hold(in EntryDraft draft, byte[] value, long use) =>
        base.Hold(draft, value, use) with { Metadata = draft.Metadata?.GroupBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.Last().Value) };
}

internal sealed class OverwriteMergesMetadata(Opening opening) : DictionaryBackend(opening)
{
    private readonly Dictionary<string, string> _merged = [];

    protected override Held Hold(in EntryDraft draft, byte[] value, long use)
    {
        foreach (var (name, text) in draft.Metadata ?? new Dictionary<string, string>()) _merged[name] = text;
        return base.Hold(draft, value, use) with { Metadata = draft.Metadata is null ? null : _merged };
    }
}

internal sealed class ChecksThenStoresWithoutALock(Opening opening) : DictionaryBackend(opening)
{
    protected override SetOutcome SetCore(in EntryDraft draft)
    {
        if (draft.Condition != SetCondition.IfAbsent) return base.SetCore(draft);
        if (ExistsCore(draft.Key)) return SetOutcome.Present;
        SpinWait.SpinUntil(static () => false, TimeSpan.FromMilliseconds(5));
        return base.SetCore(draft with { Condition = SetCondition.Always });
    }
}
