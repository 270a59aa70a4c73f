namespace Cistern;

/// <summary>What an eviction goes by.</summary>
internal sealed record EvictionRule
{
    /// <summary>
    /// S3-FIFO (Yang et al., SOSP 2023), where one use in the small log is enough: what was used stays, what comes back soon begins in the main log.
    /// </summary>
    public static EvictionRule S3Fifo { get; } = new() { SmallShare = 0.1, KeepsUsed = true, RemembersEvicted = true };

    /// <summary>After W-TinyLFU (Einziger et al., 2017): what leaves the small log takes the place of the main log's oldest only if it was asked for more often.</summary>
    public static EvictionRule TinyLfu { get; } = new() { SmallShare = 0.01, Compares = true };

    /// <summary>Between the two: what was used in the small log stays, and all else is compared.</summary>
    public static EvictionRule Mixed { get; } = new() { SmallShare = 0.1, KeepsUsed = true, Compares = true, RemembersEvicted = true };

    /// <summary>Near to LRU: much room for what is new, and one use counts once.</summary>
    public static EvictionRule Recency { get; } = new() { SmallShare = 0.4, KeepsUsed = true, RemembersEvicted = true, ForgetsUses = true };

    /// <summary>The part of the room that the small log has.</summary>
    public required double SmallShare { get; init; }

    /// <summary>Whether what was used in the small log moves on without a comparison.</summary>
    public bool KeepsUsed { get; init; }

    /// <summary>Whether what leaves the small log is compared with the oldest of the main log.</summary>
    public bool Compares { get; init; }

    /// <summary>Whether what was evicted not long ago begins in the main log.</summary>
    public bool RemembersEvicted { get; init; }

    /// <summary>Whether what stays in the main log begins anew; else it has one use less.</summary>
    public bool ForgetsUses { get; init; }
}
