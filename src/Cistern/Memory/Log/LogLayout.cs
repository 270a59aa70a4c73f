using System.Numerics;

namespace Cistern;

/// <summary>How many shards an engine of logs has, and how long their segments are: few entries need one shard and small segments, many need neither.</summary>
/// <param name="Shards">A power of two.</param>
/// <param name="SegmentBytes">A power of two.</param>
internal readonly record struct LogLayout(int Shards, int SegmentBytes)
{
    /// <summary>The bits of a key's hash; the highest choose the shard.</summary>
    public const int HashBits = 32;

    private const int MostShardBits = HashBits - SlotTable.TagBits;
    private const int ShardsPerProcessor = 4;
    private const int LeastShards = 16;

    // Each shard has so many segments at least, so that what is not full, or is being looked through, is little; a small one has fewer, so that several entries share one.
    private const int SegmentsPerShard = 64;
    private const int LeastSegmentsPerShard = 16;
    private const int SharedSegmentBytes = 1024;
    private const int LeastSegmentBytes = 64;
    private const int MostSegmentBytes = 128 * 1024;
    private const long LeastShardBytes = 1024 * 1024;
    private const long LikelyEntryBytes = 128;

    public static LogLayout For(InMemoryBackendOptions options)
    {
        var bytes = Math.Min(options.MaxMemoryBytes ?? long.MaxValue, options.MaxSizeBytes ?? long.MaxValue);
        if (options.Capacity is { } capacity && capacity < bytes / LikelyEntryBytes) bytes = capacity * LikelyEntryBytes;
        var most = Math.Min(1 << MostShardBits, Math.Max(LeastShards, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) * ShardsPerProcessor));
        var shards = (int)Math.Clamp(RoundDown(bytes / LeastShardBytes), 1, most);
        var segmentBytes = Math.Max(RoundDown(bytes / shards / SegmentsPerShard), Math.Min(RoundDown(bytes / LeastSegmentsPerShard), SharedSegmentBytes));
        return new LogLayout(shards, (int)Math.Clamp(segmentBytes, LeastSegmentBytes, MostSegmentBytes));
    }

    /// <summary>The number of the shard for a hash.</summary>
    /// <param name="hash">The hash of a key.</param>
    /// <param name="shift">By how many bits it is shifted: with one shard by all, which C# does only to wider numbers.</param>
    public static uint ShardOf(uint hash, int shift) => (uint)((ulong)hash >> shift);

    private static long RoundDown(long number) => number <= 0 ? 0 : 1L << BitOperations.Log2((ulong)number);
}
