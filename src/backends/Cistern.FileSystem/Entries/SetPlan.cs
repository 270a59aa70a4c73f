namespace Cistern;

/// <summary>
/// Decides what sets will do before any of them is done, so that the journal comes first: each by what the table holds and by what the
/// sets of the batch before it will have stored. Used under the table's lock.
/// </summary>
internal struct SetPlan(EntryTable table)
{
    private Dictionary<string, HeldState>? _planned;
    private (string Key, HeldState State)? _first;

    public SetOutcome Decide(in EntryDraft draft, HeldState state)
    {
        if (!table.Fits(draft.Key, state)) return SetOutcome.TooLarge;
        var now = draft.CreatedAtMilliseconds;
        if (draft.Condition != SetCondition.Always)
        {
            var planned = Planned(draft.Key);
            var held = planned ?? table.FindLive(draft.Key, now);
            if (draft.Refusal(held is not null, held?.Version, planned is null ? table.TombstoneOf(draft.Key, now) : null) is { } refused) return refused;
        }

        Plan(draft.Key, state);
        return SetOutcome.Stored;
    }

    private readonly HeldState? Planned(string key)
    {
        if (_planned is not null) return _planned.GetValueOrDefault(key);
        return _first?.Key == key ? _first.Value.State : null;
    }

    // A single set needs no dictionary.
    private void Plan(string key, HeldState state)
    {
        if (_first is not { } first)
        {
            _first = (key, state);
            return;
        }

        _planned ??= new() { [first.Key] = first.State };
        _planned[key] = state;
    }
}
