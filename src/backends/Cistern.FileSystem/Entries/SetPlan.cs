namespace Cistern;

/// <summary>
/// Decides what the sets of a batch will do before any of them is done, so that the journal comes first: each by what the table holds and
/// by what those before it will have stored. Used under the table's lock.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="planned">The versions of what will have been stored; null: nobody asks.</param>
internal readonly struct SetPlan(EntryTable table, Dictionary<string, long?>? planned)
{
    /// <summary>A plan for a batch: only a condition asks what came before it.</summary>
    public static SetPlan Of(EntryTable table, IReadOnlyList<EntryDraft> drafts) =>
        new(table, drafts.Any(draft => draft.Condition != SetCondition.Always) ? [] : null);

    public SetOutcome Decide(in EntryDraft draft)
    {
        if (!table.Fits(draft.Key, draft.Value.Length, draft.Metadata, draft.CreatedAtMilliseconds)) return SetOutcome.TooLarge;
        if (draft.Condition != SetCondition.Always && Refusal(draft) is { } refusal) return refusal;
        if (planned is not null) planned[draft.Key] = draft.Version;

        // Before the journal is written, which takes as long as the processor needs for it.
        table.Prefetch(draft.Key);
        return SetOutcome.Stored;
    }

    private SetOutcome? Refusal(in EntryDraft draft)
    {
        if (planned is not null && planned.TryGetValue(draft.Key, out var version)) return draft.Refusal(isPresent: true, version, tombstoneVersion: null);
        var now = draft.CreatedAtMilliseconds;
        var held = table.FindLive(draft.Key, now);
        return draft.Refusal(held is not null, held?.Version, table.TombstoneOf(draft.Key, now));
    }
}
