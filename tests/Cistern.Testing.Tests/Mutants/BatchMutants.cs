namespace Cistern.Tests;

internal sealed class BatchDropsDuplicates(Opening opening) : DictionaryBackend(opening)
{
    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        await base.SetManyCoreAsync([.. drafts.DistinctBy(draft => draft.Key)], cancellationToken);
}

internal sealed class BatchKeepsTheFirstDuplicate(Opening opening) : DictionaryBackend(opening)
{
    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = await base.SetManyCoreAsync([.. drafts.Reverse()], cancellationToken);
        return [.. outcomes.Reverse()];
    }
}

internal sealed class BatchStopsAtARefusedEntry(Opening opening) : DictionaryBackend(opening)
{
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = new List<SetOutcome>();
        foreach (var draft in drafts) outcomes.Add(outcomes.All(outcome => outcome == SetOutcome.Stored) ? SetCore(draft) : outcomes[^1]);
        return new(outcomes);
    }
}

internal sealed class BatchSharesOneTtl(Opening opening) : DictionaryBackend(opening)
{
    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        await base.SetManyCoreAsync([.. drafts.Select(draft => draft with { ExpiresAtMilliseconds = drafts[0].ExpiresAtMilliseconds })], cancellationToken);
}

internal sealed class BatchDropsMetadata(Opening opening) : DictionaryBackend(opening)
{
    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        await base.SetManyCoreAsync([.. drafts.Select(draft => draft with { Metadata = null })], cancellationToken);
}

internal sealed class BatchIgnoresConditions(Opening opening) : DictionaryBackend(opening)
{
    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken) =>
        await base.SetManyCoreAsync([.. drafts.Select(draft => draft with { Condition = SetCondition.Always, Version = null })], cancellationToken);
}

internal sealed class GetManyGivesMissesAsEmpty(Opening opening) : DictionaryBackend(opening)
{
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        new(keys.ToDictionary(key => key, key => GetCore(key) ?? []));
}

internal sealed class GetManyIsNoUse(Opening opening) : DictionaryBackend(opening)
{
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        lock (Gate) return new(keys.Where(key => Find(key) is not null).ToDictionary(key => key, key => Give(Find(key)!.Value)));
    }
}

internal sealed class DeleteManyCountsTheKeysItGot(Opening opening) : DictionaryBackend(opening)
{
    protected override async ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await base.DeleteManyCoreAsync(keys, cancellationToken);
        return keys.Count;
    }
}

internal sealed class DeleteManyKeepsTombstones(Opening opening) : DictionaryBackend(opening)
{
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            var live = keys.Where(key => Find(key) is not null).ToList();
            live.ForEach(Remove);
            return new(live.Count);
        }
    }
}
