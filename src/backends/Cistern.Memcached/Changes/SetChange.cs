namespace Cistern;

/// <summary>Stores an entry if its condition holds.</summary>
internal sealed class SetChange(KeyTarget target, in EntryDraft draft) : EntryChange<SetOutcome>(target)
{
    private readonly EntryDraft _draft = draft;

    /// <inheritdoc/>
    public override bool ExpectsNothing => _draft.Condition == SetCondition.IfAbsent && _draft.Lease.IsNone;

    /// <inheritdoc/>
    public override ConnectionUse Use => _draft.Use();

    /// <inheritdoc/>
    public override bool IsRefused(StoreCommand command, out SetOutcome outcome)
    {
        outcome = SetOutcome.TooLarge;
        return !command.Fits(_draft);
    }

    /// <inheritdoc/>
    public override ChangeStep<SetOutcome> Decide(in HeldEntry held, long now)
    {
        if (!_draft.Lease.IsNone && _draft.Lease.Number != held.Cas) return ChangeStep<SetOutcome>.Leave(SetOutcome.Superseded);
        var isPresent = held.IsLive(now);
        return _draft.Refusal(isPresent, isPresent ? held.Version : null, held.TombstoneVersion(now)) is { } refusal
            ? ChangeStep<SetOutcome>.Leave(refusal)
            : ChangeStep<SetOutcome>.Store(_draft, SetOutcome.Stored);
    }
}
