using Cistern;
using Polly;

namespace Samples;

/// <summary>Retries, timeouts and a breaker around a backend.</summary>
internal static class ResilienceSnippets
{
    public static async Task RunAsync()
    {
        await OptionsAsync(new InMemoryBackend());
        await PipelineAsync(new InMemoryBackend());
        await CacheAsync(new InMemoryBackend(), InMemorySource.FromStrings([new("key:7", "7")]));
    }

    private static async Task OptionsAsync(CacheBackend remote)
    {
        #region Resilience
        await using var backend = new ResilientBackend(remote, new ResilienceOptions
        {
            Retries = 2,                                    // so up to three tries
            RetryDelay = TimeSpan.FromMilliseconds(50),     // before the first retry; then it doubles, each at random
            CallTimeout = TimeSpan.FromSeconds(1),          // for each try
            BreakerFailureRate = 0.5,                       // of at least 20 calls within 30 s: then none for 10 s
        });

        byte[]? value = await backend.GetAsync("user:1");   // a CacheBackend like any other
        #endregion
        Check.That(value is null);
    }

    private static async Task PipelineAsync(CacheBackend remote)
    {
        #region ResiliencePipeline
        var pipeline = new ResiliencePipelineBuilder()
            .AddTimeout(TimeSpan.FromSeconds(3))                   // for all tries together…
            .AddPipeline(ResilienceOptions.Default.ToPipeline())   // …around retry, breaker and the timeout of each
            .Build();
        await using var backend = new ResilientBackend(remote, pipeline);
        #endregion
        Check.That(await backend.GetAsync("user:1") is null);
    }

    private static async Task CacheAsync(CacheBackend remote, ICacheSource source)
    {
        #region ResilientCache
        await using var backend = new ResilientBackend(remote, new ResilienceOptions { CallTimeout = TimeSpan.FromMilliseconds(250) });
        await using var cache = new BackfillingCache(backend, source, BackfillOptions.ForServices with
        {
            OnBackendFault = BackendFaultHandling.Bypass,   // while the breaker is open: straight to the source, 16 at a time
        });
        #endregion
        Check.That(await cache.GetAsync("key:7") is not null);
    }
}
