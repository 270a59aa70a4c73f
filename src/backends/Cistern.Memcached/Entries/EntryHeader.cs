namespace Cistern;

/// <summary>What stands before a value, as it was read.</summary>
internal readonly struct EntryHeader
{
    public EnvelopeParts Parts { get; init; }

    public long CreatedAtMilliseconds { get; init; }

    public long? ExpiresAtMilliseconds { get; init; }

    public long? AbsoluteExpirationMilliseconds { get; init; }

    public long? Version { get; init; }

    /// <summary>Where the key's UTF-8 lies; empty where the name is the key.</summary>
    public Range Key { get; init; }

    /// <summary>Where the metadata lie.</summary>
    public Range Metadata { get; init; }

    /// <summary>Where the value begins.</summary>
    public int ValueAt { get; init; }

    public bool IsTombstone => Parts.Has(EnvelopeParts.Tombstone);
}
