using System.Buffers;

namespace Cistern;

/// <summary>
/// An entry about to be stored, as its row will be. It owns its bytes: a call that ends by its timeout leaves the sending to go on, while the
/// caller may do with its own memory what it likes.
/// </summary>
internal sealed class EntryRow
{
    private EntryRow(in EntryDraft draft)
    {
        Key = StoredKey.Of(draft.Key);
        Value = draft.Value.ToArray();
        Metadata = MetadataBytes.Write(draft.Metadata);
        Version = draft.Version;
        CreatedAt = draft.CreatedAtMilliseconds;
        ExpiresAt = draft.ExpiresAtMilliseconds;
        AbsoluteEnd = draft.AbsoluteExpirationMilliseconds;
        Condition = draft.Condition;
    }

    public StoredKey Key { get; }

    public byte[] Value { get; }

    public byte[]? Metadata { get; }

    public long? Version { get; }

    public long CreatedAt { get; }

    public long? ExpiresAt { get; }

    public long? AbsoluteEnd { get; }

    public SetCondition Condition { get; }

    public static EntryRow Of(in EntryDraft draft) => new(draft);

    /// <summary>Why a versioned row was refused by the row that is there.</summary>
    /// <param name="version">The version of the row that was refused.</param>
    /// <param name="heldVersion">The version of the row that is there.</param>
    /// <param name="isTombstone">Whether that is a tombstone.</param>
    public static SetOutcome Refusal(long? version, long? heldVersion, bool isTombstone) => heldVersion == version && !isTombstone ? SetOutcome.AlreadyCurrent : SetOutcome.Superseded;
}
