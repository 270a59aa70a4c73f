using Cistern.Testing;
using Polly;

namespace Cistern.Tests;

/// <summary>The whole contract, against a wrapper over a wrapper that gives its calls to the thread pool: nothing completes at once.</summary>
public sealed class TwiceWrappedContract : CacheBackendContract
{
    protected override ValueTask<CacheBackend> OpenAsync(TimeProvider clock) => new(Wrap(InMemoryBackendOptions.Unbounded with { TimeProvider = clock }));

    protected override ValueTask<CacheBackend?> OpenBoundedAsync(long? capacity, long? maxSizeBytes, TimeProvider clock) =>
        new(Wrap(new InMemoryBackendOptions { Capacity = capacity, MaxSizeBytes = maxSizeBytes, TimeProvider = clock }));

    private static ResilientBackend Wrap(InMemoryBackendOptions options) => new(
        new ResilientBackend(new ScriptedBackend(new InMemoryBackend(options)) { Before = static async (_, _) => await Task.Yield() }),
        ResiliencePipeline.Empty);
}
