namespace Cistern;

/// <summary>How a value is set: how long it lives, what is kept beside it, and on which condition. Immutable; share one instance between calls.</summary>
public sealed record SetOptions
{
    /// <summary>Stored always, without TTL, metadata or version.</summary>
    public static SetOptions Default { get; } = new();

    /// <summary>How long the entry lives from now. Null (the default): until it is evicted or deleted. Rounded up to whole milliseconds; must be greater than zero.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>
    /// The instant at which the entry ends unless it is touched: a TTL that is told by its end, for copies that must end when the original does.
    /// Null (the default): no such end. With a TTL, the earlier of both counts. Rounded down to whole milliseconds; must lie in the future.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// The instant at which the entry ends whatever its TTL says and however often it is touched. Null (the default): no such end.
    /// Rounded down to whole milliseconds; must lie in the future.
    /// </summary>
    public DateTimeOffset? AbsoluteExpiration { get; init; }

    /// <summary>Strings kept beside the value. Copied when the entry is set. Null (the default) or empty: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>What must hold for the value to be stored. Default: <see cref="SetCondition.Always"/>.</summary>
    public SetCondition Condition { get; init; }

    /// <summary>
    /// The version of the value, compared exactly as a signed 64-bit number. Required with <see cref="SetCondition.IfNewer"/>,
    /// not allowed without it: versioned and plain sets are not mixed on one key.
    /// </summary>
    public long? Version { get; init; }

    /// <summary>
    /// A lease on the key, from <see cref="CacheBackend.LeaseAsync"/>: whoever set or deleted the key since makes the set <see cref="SetOutcome.Superseded"/>, whatever its condition. Default: none. Not allowed where the backend
    /// gives no leases.
    /// </summary>
    public FillLease Lease { get; init; }

    /// <summary>Options that store a value only if its version is higher than the one that is there.</summary>
    /// <param name="version">The version of the value to set.</param>
    public static SetOptions IfNewer(long version) => new() { Condition = SetCondition.IfNewer, Version = version };
}
