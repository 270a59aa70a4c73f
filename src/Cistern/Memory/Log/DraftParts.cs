using System.Buffers;
using System.Text;

namespace Cistern;

/// <summary>What is to be written of an entry, but for its metadata.</summary>
internal readonly ref struct DraftParts
{
    public required string Key { get; init; }

    /// <summary>The value in one piece. Taken before anything is changed: the caller's memory may throw.</summary>
    public required ReadOnlySpan<byte> Value { get; init; }

    public required int KeyBytes { get; init; }

    public required int ValueLength { get; init; }

    public required EntryFlags Flags { get; init; }

    /// <summary>Milliseconds since the engine's beginning.</summary>
    public required long Created { get; init; }

    public long End { get; init; }

    public long AbsoluteEnd { get; init; }

    public long Version { get; init; }

    public int MetadataLength { get; init; }

    public long Length => EntryHead.LengthOf(Flags, KeyBytes, ValueLength, MetadataLength);

    /// <summary>The parts of a draft.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="metadata">Its metadata as bytes; empty: none.</param>
    /// <param name="began">When the engine began.</param>
    public static DraftParts Of(in EntryDraft draft, ReadOnlySpan<byte> metadata, long began)
    {
        var isAscii = Ascii.IsValid(draft.Key);
        return new DraftParts
        {
            Key = draft.Key,
            Value = draft.Value.IsSingleSegment ? draft.Value.FirstSpan : draft.Value.ToArray(),
            KeyBytes = isAscii ? draft.Key.Length : draft.Key.Length * sizeof(char),
            ValueLength = (int)draft.Value.Length,
            Flags = (isAscii ? EntryFlags.None : EntryFlags.IsWide)
                | (draft.ExpiresAtMilliseconds is null ? EntryFlags.None : EntryFlags.HasEnd)
                | (draft.AbsoluteExpirationMilliseconds is null ? EntryFlags.None : EntryFlags.HasAbsoluteEnd)
                | (draft.Version is null ? EntryFlags.None : EntryFlags.HasVersion)
                | (metadata.IsEmpty ? EntryFlags.None : EntryFlags.HasMetadata),
            Created = Math.Clamp(draft.CreatedAtMilliseconds - began, 0, EntryHead.MostCreated),
            End = draft.ExpiresAtMilliseconds ?? 0,
            AbsoluteEnd = draft.AbsoluteExpirationMilliseconds ?? 0,
            Version = draft.Version ?? 0,
            MetadataLength = metadata.Length,
        };
    }
}
