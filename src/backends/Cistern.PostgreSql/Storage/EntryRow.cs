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

    /// <summary>How many bytes of key, value and metadata go over the network.</summary>
    public long SizeBytes => (long)Key.Bytes.Length + Value.Length + (Metadata?.Length ?? 0);

    public static EntryRow Of(in EntryDraft draft) => new(draft);

    /// <summary>Why a versioned row was refused by the row that is there.</summary>
    /// <param name="heldVersion">The version of the row that is there.</param>
    /// <param name="isTombstone">Whether that is a tombstone.</param>
    public SetOutcome Refusal(long? heldVersion, bool isTombstone) => heldVersion == Version && !isTombstone ? SetOutcome.AlreadyCurrent : SetOutcome.Superseded;
}
