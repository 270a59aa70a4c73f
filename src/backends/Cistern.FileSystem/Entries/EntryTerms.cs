namespace Cistern;

/// <summary>What an entry has beside its value when it is more than a value: its ends, version and metadata. Immutable.</summary>
internal sealed class EntryTerms
{
    public long ExpiresAt { get; private init; } = HeldState.Never;

    public long TimeToLive { get; private init; } = HeldState.Never;

    public long AbsoluteExpiration { get; private init; } = HeldState.Never;

    public long? Version { get; private init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; private init; }

    /// <summary>The terms, in milliseconds since 1970-01-01 UTC; null when there are none.</summary>
    public static EntryTerms? Of(long expiresAt, long timeToLive, long absoluteExpiration, long? version, IReadOnlyDictionary<string, string>? metadata)
    {
        if (expiresAt == HeldState.Never && absoluteExpiration == HeldState.Never && version is null && metadata is null) return null;
        return new()
        {
            ExpiresAt = expiresAt,
            TimeToLive = expiresAt == HeldState.Never ? HeldState.Never : timeToLive,
            AbsoluteExpiration = absoluteExpiration,
            Version = version,
            Metadata = metadata,
        };
    }

    public static EntryTerms? Of(in EntryDraft draft) => Of(
        draft.ExpiresAtMilliseconds ?? HeldState.Never,
        draft.ExpiresAtMilliseconds is { } end ? end - draft.CreatedAtMilliseconds : HeldState.Never,
        draft.AbsoluteExpirationMilliseconds ?? HeldState.Never,
        draft.Version,
        draft.Metadata is null ? null : new Dictionary<string, string>(draft.Metadata).AsReadOnly());

    public static EntryTerms? Ending(EntryTerms? terms, long expiresAt, long timeToLive) =>
        Of(expiresAt, timeToLive, terms?.AbsoluteExpiration ?? HeldState.Never, terms?.Version, terms?.Metadata);
}
