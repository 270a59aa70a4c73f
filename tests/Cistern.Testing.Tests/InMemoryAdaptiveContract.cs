using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend over logs, in one shard, with the rule that it chooses; with few entries exact LRU.</summary>
public sealed class InMemoryAdaptiveContract : CacheBackendContract
{
    protected override EvictionMode? Eviction => EvictionMode.Adaptive;

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(10_000, null, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private static InMemoryBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(new InMemoryBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes, Eviction = EvictionMode.Adaptive });
}
