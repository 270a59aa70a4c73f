using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The whole contract, against a wrapper over memory.</summary>
public sealed class ResilientContract : CacheBackendContract
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        new(new ResilientBackend(new InMemoryBackend(InMemoryBackendOptions.Unbounded with { TimeProvider = clock })));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(new ResilientBackend(new InMemoryBackend(new InMemoryBackendOptions { Capacity = capacity, MaxSizeBytes = maxSizeBytes, TimeProvider = clock })));
}
