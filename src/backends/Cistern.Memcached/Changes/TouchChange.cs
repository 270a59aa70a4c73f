using System.Buffers;

namespace Cistern;

/// <summary>Gives a live entry a new end. The end is in the envelope, so that all of it is written again.</summary>
internal sealed class TouchChange(KeyTarget target, long? expiresAtMilliseconds) : EntryChange<bool>(target)
{
    /// <inheritdoc/>
    public override ReadDepth Depth => ReadDepth.Whole;

    /// <inheritdoc/>
    public override ChangeStep<bool> Decide(in HeldEntry held, long now)
    {
        if (!held.IsLive(now)) return ChangeStep<bool>.Leave(false);
        var end = held.AbsoluteExpirationMilliseconds is { } limit && !(expiresAtMilliseconds < limit) ? limit : expiresAtMilliseconds;
        return ChangeStep<bool>.Store(
            new EntryDraft
            {
                Key = held.Key!,
                Value = new ReadOnlySequence<byte>(held.Value!),
                CreatedAtMilliseconds = held.CreatedAtMilliseconds,
                ExpiresAtMilliseconds = end,
                AbsoluteExpirationMilliseconds = held.AbsoluteExpirationMilliseconds,
                Metadata = held.Metadata,
                Version = held.Version,
            },
            true);
    }
}
