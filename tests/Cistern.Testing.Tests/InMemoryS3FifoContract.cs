using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend over logs, in one shard.</summary>
public sealed class InMemoryS3FifoContract : CacheBackendContract
{
    protected override EvictionMode? Eviction => EvictionMode.S3Fifo;

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(10_000, null, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private static InMemoryBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(new InMemoryBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes, Eviction = EvictionMode.S3Fifo });
}
