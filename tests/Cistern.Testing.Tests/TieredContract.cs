using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The whole contract, against memory over memory.</summary>
public sealed class TieredContract : CacheBackendContract
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => OpenOverMemoryAsync(clock);

    internal static async ValueTask<CacheBackend> OpenOverMemoryAsync(TimeProvider clock) => await TieredBackend.OpenAsync(
        new InMemoryBackend(new InMemoryBackendOptions { TimeProvider = clock }),
        new InMemoryBackend(InMemoryBackendOptions.Unbounded with { TimeProvider = clock }));
}
