namespace Cistern;

/// <summary>What a shard knows of the engine around it.</summary>
internal sealed class LogSurroundings
{
    /// <summary>When the engine began, in milliseconds since 1970.</summary>
    public required long Began { get; init; }

    /// <summary>The clock, in milliseconds since 1970.</summary>
    public required Func<long> Now { get; init; }

    /// <summary>Told of entries that were evicted.</summary>
    public required Action<long> Evicted { get; init; }

    /// <summary>Told of entries that have expired.</summary>
    public required Action<long> Expired { get; init; }

    /// <summary>What evictions go by.</summary>
    public required EvictionChoice Choice { get; init; }

    /// <summary>Makes sure that the choice has what it needs; a shard's entries may go for it.</summary>
    public required Action<ShardEntries> BeginChoice { get; init; }

    /// <inheritdoc cref="EvictElsewhere"/>
    public required EvictElsewhere EvictElsewhere { get; init; }

    /// <summary>What evictions are to make the most of.</summary>
    public required EvictionGoal Goal { get; init; }

    public required long RetentionMilliseconds { get; init; }

    /// <summary>The most that a shard's tombstones may hold; null: not bounded.</summary>
    public required long? MaxTombstoneBytes { get; init; }
}
