namespace Cistern;

/// <summary>An entry in the index. The value array is never changed after it was set, so readers may use it without the lock.</summary>
internal sealed class StoredEntry(string key)
{
    public const long Never = long.MaxValue;

    public string Key { get; } = key;

    public byte[] Value { get; set; } = [];

    public long CreatedAt { get; set; }

    public long ExpiresAt { get; set; } = Never;

    public long AbsoluteExpiration { get; set; } = Never;

    public IReadOnlyDictionary<string, string>? Metadata { get; set; }

    public long? Version { get; set; }

    public long MemoryBytes { get; set; }

    // Owned by the eviction policy.
    public StoredEntry? Older { get; set; }

    public StoredEntry? Newer { get; set; }

    // Owned by the expiration heap; -1: not in it.
    public int HeapIndex { get; set; } = -1;

    public CacheEntry ToCacheEntry() => new()
    {
        Key = Key,
        Value = Value.AsSpan().ToArray(),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        ExpiresAt = Instant(ExpiresAt),
        AbsoluteExpiration = Instant(AbsoluteExpiration),
        Metadata = Metadata ?? CacheEntry.EmptyMetadata,
        Version = Version,
    };

    /// <summary>An instant in milliseconds since 1970; null for <see cref="Never"/>.</summary>
    public static DateTimeOffset? Instant(long milliseconds) => milliseconds == Never ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
