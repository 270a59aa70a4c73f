using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend as it comes: default bounds and eviction.</summary>
public sealed class InMemoryContract : CacheBackendContract
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = clock }));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes }));
}
