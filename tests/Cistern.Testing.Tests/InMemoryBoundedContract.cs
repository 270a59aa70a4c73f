using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend with all three bounds at once, wide enough for every test.</summary>
public sealed class InMemoryBoundedContract : CacheBackendContract
{
    private const long Megabyte = 1024 * 1024;

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Open(10_000, 16 * Megabyte, clock));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) => new(Open(capacity, maxSizeBytes, clock));

    private static InMemoryBackend Open(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(new InMemoryBackendOptions { TimeProvider = clock, Capacity = capacity, MaxSizeBytes = maxSizeBytes, MaxMemoryBytes = 32 * Megabyte });
}
