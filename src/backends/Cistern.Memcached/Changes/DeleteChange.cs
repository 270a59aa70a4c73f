namespace Cistern;

/// <summary>Deletes a key, with its version and tombstone; also what cannot be read, as whoever can read it must not find it afterwards.</summary>
internal sealed class DeleteChange(KeyTarget target) : EntryChange<bool>(target)
{
    /// <inheritdoc/>
    public override ChangeStep<bool> Decide(in HeldEntry held, long now) => held.Cas == 0 ? ChangeStep<bool>.Leave(false) : ChangeStep<bool>.Remove(held.IsLive(now));
}
