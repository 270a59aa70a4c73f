namespace Cistern;

/// <summary>Takes an entry away, and leaves tombstones and what others stored.</summary>
internal sealed class ClearChange(KeyTarget target) : EntryChange<bool>(target)
{
    /// <inheritdoc/>
    public override ChangeStep<bool> Decide(in HeldEntry held, long now)
    {
        if (held.IsLive(now)) return ChangeStep<bool>.Remove(true);
        return held.IsExpired(now) ? ChangeStep<bool>.Remove(false) : ChangeStep<bool>.Leave(false);
    }
}
