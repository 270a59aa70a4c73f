using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The in-memory backend without bounds of its own, and with a longer memory for deleted keys.</summary>
public sealed class InMemoryUnboundedContract : CacheBackendContract
{
    protected override TimeSpan TombstoneRetention => TimeSpan.FromMinutes(10);

    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) =>
        new(new InMemoryBackend(InMemoryBackendOptions.Unbounded with { TimeProvider = clock, TombstoneRetention = TombstoneRetention }));
}
