namespace Cistern;

/// <summary>Sets entries: those without a condition at once, the others by what is there. Safe for concurrent use.</summary>
/// <param name="names">What keys are called.</param>
/// <param name="stores">For those without a condition.</param>
/// <param name="changes">For those with one.</param>
/// <param name="longestValue">The most bytes of a value.</param>
internal sealed class EntrySets(KeyNames names, EntryStores stores, EntryChanges changes, long longestValue)
{
    public async ValueTask<SetOutcome> SetAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Value.Length > longestValue) return SetOutcome.TooLarge;
        if (IsPlain(draft)) return await stores.StoreAsync(draft, cancellationToken).ConfigureAwait(false);
        return await changes.RunAsync(new SetChange(Target(draft), draft), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<SetOutcome>> SetManyAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = new SetOutcome[drafts.Count];
        var hasConditions = false;
        for (var i = 0; i < outcomes.Length; i++)
        {
            var draft = drafts[i];
            hasConditions |= !IsPlain(draft);
            if (draft.Value.Length > longestValue) outcomes[i] = SetOutcome.TooLarge;
        }

        if (!hasConditions)
        {
            await stores.StoreManyAsync(drafts, null, outcomes, cancellationToken).ConfigureAwait(false);
            return outcomes;
        }

        for (var next = 0; next < outcomes.Length;) next = await SetSomeAsync(drafts, next, outcomes, cancellationToken).ConfigureAwait(false);
        return outcomes;
    }

    // Up to the first key that comes again, as its conditions depend on what becomes of the first.
    private async ValueTask<int> SetSomeAsync(IReadOnlyList<EntryDraft> drafts, int next, SetOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var keys = new HashSet<string>();
        var plain = new List<int>();
        var conditional = new List<int>();
        for (; next < outcomes.Length && keys.Add(drafts[next].Key); next++)
        {
            if (outcomes[next] == SetOutcome.TooLarge) continue;
            if (IsPlain(drafts[next])) plain.Add(next);
            else conditional.Add(next);
        }

        if (plain.Count > 0) await stores.StoreManyAsync(drafts, plain, outcomes, cancellationToken).ConfigureAwait(false);
        var decided = await changes.RunManyAsync<SetOutcome>([.. conditional.Select(i => new SetChange(Target(drafts[i]), drafts[i]))], cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < decided.Length; i++) outcomes[conditional[i]] = decided[i];
        return next;
    }

    private static bool IsPlain(in EntryDraft draft) => draft.Condition == SetCondition.Always && draft.Lease.IsNone;

    private KeyTarget Target(in EntryDraft draft) => new(names.NameOf(draft.Key), draft.Key);
}
