using System.Buffers;

namespace Cistern;

/// <summary>
/// An entry about to be stored, as a backend's core receives it: validated, with its instants resolved by the backend's clock.
/// The value is only valid until the core returns.
/// </summary>
public readonly struct EntryDraft
{
    /// <summary>The key; valid.</summary>
    public required string Key { get; init; }

    /// <summary>The value, in one or more segments, borrowed from the caller.</summary>
    public required ReadOnlySequence<byte> Value { get; init; }

    /// <summary>When the set began, in milliseconds since 1970-01-01 UTC.</summary>
    public required long CreatedAtMilliseconds { get; init; }

    /// <summary>The first millisecond at which the entry is no longer live, already capped by <see cref="AbsoluteExpirationMilliseconds"/>; null: never.</summary>
    public long? ExpiresAtMilliseconds { get; init; }

    /// <summary>The end that no touch can move, in milliseconds since 1970-01-01 UTC; null: none.</summary>
    public long? AbsoluteExpirationMilliseconds { get; init; }

    /// <summary>Strings kept beside the value; null or at least one pair. The backend copies what it keeps.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>What must hold for the value to be stored.</summary>
    public SetCondition Condition { get; init; }

    /// <summary>The version; given exactly when <see cref="Condition"/> is <see cref="SetCondition.IfNewer"/>.</summary>
    public long? Version { get; init; }

    /// <summary>The lease that must still hold; none where the backend gives none.</summary>
    public FillLease Lease { get; init; }

    /// <summary>
    /// Why the draft's condition forbids to store it; null: it does not. The rule of every backend. Whether the entry fits is asked before, and
    /// not here.
    /// </summary>
    /// <param name="isPresent">Whether a live entry is there.</param>
    /// <param name="heldVersion">That entry's version; null: it has none, or is not there.</param>
    /// <param name="tombstoneVersion">The version of the key's tombstone; null: there is none.</param>
    public SetOutcome? Refusal(bool isPresent, long? heldVersion, long? tombstoneVersion)
    {
        if (Condition == SetCondition.IfAbsent && isPresent) return SetOutcome.Present;
        if (Version is not { } version) return null;
        if (tombstoneVersion >= version) return SetOutcome.Superseded;
        if (heldVersion is not { } held || version > held) return null;
        return version == held ? SetOutcome.AlreadyCurrent : SetOutcome.Superseded;
    }

    /// <summary>Options that ask another backend for the same: how a wrapper hands a draft on.</summary>
    public SetOptions ToSetOptions() => new()
    {
        TimeToLive = ExpiresAtMilliseconds is { } end ? TimeSpan.FromMilliseconds(end - CreatedAtMilliseconds) : null,
        AbsoluteExpiration = AbsoluteExpirationMilliseconds is { } limit ? DateTimeOffset.FromUnixTimeMilliseconds(limit) : null,
        Metadata = Metadata,
        Condition = Condition,
        Version = Version,
        Lease = Lease,
    };
}
