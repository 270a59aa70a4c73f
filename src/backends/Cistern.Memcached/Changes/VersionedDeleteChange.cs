namespace Cistern;

/// <summary>Deletes a key unless its entry is newer, and leaves a tombstone.</summary>
internal sealed class VersionedDeleteChange(KeyTarget target, long version, long tombstoneMilliseconds) : EntryChange<bool>(target)
{
    /// <inheritdoc/>
    public override ChangeStep<bool> Decide(in HeldEntry held, long now)
    {
        var isLive = held.IsLive(now);
        if (isLive && held.Version > version) return ChangeStep<bool>.Leave(false);
        return ChangeStep<bool>.Store(
            new EntryDraft
            {
                Key = Target.Key!,
                Value = default,
                CreatedAtMilliseconds = now,
                ExpiresAtMilliseconds = now + tombstoneMilliseconds,
                Version = Math.Max(version, held.TombstoneVersion(now) ?? version),
            },
            isLive,
            isTombstone: true);
    }
}
