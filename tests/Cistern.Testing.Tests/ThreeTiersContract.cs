using Cistern.Testing;

namespace Cistern.Tests;

/// <summary>The whole contract, against three tiers: the near one has two itself, and completes when it does.</summary>
public sealed class ThreeTiersContract : CacheBackendContract
{
    protected override async ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => await TieredBackend.OpenAsync(
        await TieredContract.OpenOverMemoryAsync(clock),
        new InMemoryBackend(InMemoryBackendOptions.Unbounded with { TimeProvider = clock }));
}
