namespace Cistern;

/// <summary>A whole entry for inspection: the value and everything kept beside it, as it was when it was read. Immutable.</summary>
public sealed record CacheEntry
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The value; a copy of the entry's own.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>When the value was set, to the millisecond.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The first instant at which the entry is no longer live; null: it has no TTL.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The end that no touch can move; null: none.</summary>
    public DateTimeOffset? AbsoluteExpiration { get; init; }

    /// <summary>Strings kept beside the value; never null.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata;

    /// <summary>The version of the value; null: it was set without one.</summary>
    public long? Version { get; init; }

    /// <summary>The size of the entry in bytes: the length of its value.</summary>
    public long SizeBytes => Value.Length;

    internal static IReadOnlyDictionary<string, string> EmptyMetadata { get; } = new Dictionary<string, string>().AsReadOnly();

    /// <summary>Whether the entry is no longer live at an instant.</summary>
    /// <param name="now">The instant, by the clock of the backend that held the entry.</param>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt is { } end && now >= end;

    /// <summary>How long the entry still lives at an instant: never negative; null when it has no TTL.</summary>
    /// <param name="now">The instant, by the clock of the backend that held the entry.</param>
    public TimeSpan? TimeToLiveRemaining(DateTimeOffset now) =>
        ExpiresAt is { } end ? (end > now ? end - now : TimeSpan.Zero) : null;
}
