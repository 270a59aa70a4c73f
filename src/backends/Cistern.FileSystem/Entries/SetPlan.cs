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
        var planned = Planned(draft.Key);
        if (draft.Condition != SetCondition.Always && Refusal(draft, planned ?? table.FindLive(draft.Key, now), planned is null ? table.TombstoneOf(draft.Key, now) : null) is { } refused) return refused;
        Plan(draft.Key, state);
        return SetOutcome.Stored;
    }

    private static SetOutcome? Refusal(in EntryDraft draft, HeldState? held, long? tombstone)
    {
        if (draft.Condition == SetCondition.IfAbsent) return held is null ? null : SetOutcome.Present;
        if (tombstone >= draft.Version) return SetOutcome.Superseded;
        if (held?.Version is not { } version || draft.Version > version) return null;
        return draft.Version == version ? SetOutcome.AlreadyCurrent : SetOutcome.Superseded;
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
