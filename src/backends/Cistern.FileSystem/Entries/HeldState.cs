namespace Cistern;

/// <summary>Everything an entry has beside its key. Immutable, so that readers and a compaction may use it without a lock.</summary>
internal sealed class HeldState(byte[] value, long createdAt)
{
    /// <summary>The instant of what never ends.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The value; never changed.</summary>
    public byte[] Value { get; } = value;

    public long CreatedAt { get; init; } = createdAt;

    public long ExpiresAt { get; init; } = Never;

    /// <summary>The TTL as it was last given, in milliseconds, for a clock that jumps while the file is closed; <see cref="Never"/>: none.</summary>
    public long TimeToLive { get; init; } = Never;

    public long AbsoluteExpiration { get; init; } = Never;

    /// <summary>Null, or at least one pair.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public long? Version { get; init; }

    public bool IsPlain => ExpiresAt == Never && AbsoluteExpiration == Never && Metadata is null && Version is null;

    public static HeldState Of(in EntryDraft draft, byte[] value) => new(value, draft.CreatedAtMilliseconds)
    {
        ExpiresAt = draft.ExpiresAtMilliseconds ?? Never,
        TimeToLive = draft.ExpiresAtMilliseconds is { } end ? end - draft.CreatedAtMilliseconds : Never,
        AbsoluteExpiration = draft.AbsoluteExpirationMilliseconds ?? Never,
        Metadata = draft.Metadata is null ? null : new Dictionary<string, string>(draft.Metadata).AsReadOnly(),
        Version = draft.Version,
    };

    public bool IsLive(long now) => now < ExpiresAt;

    public HeldState Touched(long expiresAt, long now)
    {
        var end = Math.Min(expiresAt, AbsoluteExpiration);
        return With(CreatedAt, end, end == Never ? Never : end - now);
    }

    /// <summary>The state as it is taken over by a clock that may have been set back meanwhile: created in the past, and ending no later than its TTL from now.</summary>
    public HeldState Clamped(long now)
    {
        var end = TimeToLive != Never && ExpiresAt - now > TimeToLive ? now + TimeToLive : ExpiresAt;
        return end == ExpiresAt && CreatedAt <= now ? this : With(Math.Min(CreatedAt, now), end, TimeToLive);
    }

    public HeldState Ending(long expiresAt, long timeToLive) => With(CreatedAt, expiresAt, timeToLive);

    public HeldState CreatedOn(long createdAt) => With(createdAt, ExpiresAt, TimeToLive);

    public CacheEntry ToCacheEntry(string key)
    {
        var entry = new CacheEntry
        {
            Key = key,
            Value = Value.AsSpan().ToArray(),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            ExpiresAt = Instant(ExpiresAt),
            AbsoluteExpiration = Instant(AbsoluteExpiration),
            Version = Version,
        };
        return Metadata is null ? entry : entry with { Metadata = Metadata };
    }

    private HeldState With(long createdAt, long expiresAt, long timeToLive) => new(Value, createdAt)
    {
        ExpiresAt = expiresAt,
        TimeToLive = timeToLive,
        AbsoluteExpiration = AbsoluteExpiration,
        Metadata = Metadata,
        Version = Version,
    };

    private static DateTimeOffset? Instant(long milliseconds) => milliseconds == Never ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
