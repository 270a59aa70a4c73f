using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend, in one shard, that evicts as <see cref="BackendContract.Eviction"/> says.</summary>
public abstract class InMemoryModeContract : CacheBackendContract
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(10_000, null, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private InMemoryBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(new InMemoryBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes, Eviction = Eviction ?? throw new InvalidOperationException("Name the mode.") });
}
