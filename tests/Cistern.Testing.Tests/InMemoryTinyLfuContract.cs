using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend over logs, in one shard.</summary>
public sealed class InMemoryTinyLfuContract : CacheBackendContract
{
    protected override EvictionMode? Eviction => EvictionMode.TinyLfu;

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(10_000, null, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private static InMemoryBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(new InMemoryBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes, Eviction = EvictionMode.TinyLfu });
}
