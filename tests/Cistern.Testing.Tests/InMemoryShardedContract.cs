using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend over logs, in many shards, with all three bounds at once.</summary>
public sealed class InMemoryShardedContract : CacheBackendContract
{
    private const long Megabyte = 1024 * 1024;

    protected override EvictionMode? Eviction => EvictionMode.S3Fifo;

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(1_000_000, 128 * Megabyte, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private static InMemoryBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(new InMemoryBackendOptions
    {
        TimeProvider = clock,
        Capacity = capacity,
        MaxSizeBytes = maxSizeBytes,
        MaxMemoryBytes = 256 * Megabyte,
        Eviction = EvictionMode.S3Fifo,
    });
}
