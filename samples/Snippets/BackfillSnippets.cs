using Cistern;

namespace Samples;

/// <summary>The backfilling cache, by example.</summary>
internal static class BackfillSnippets
{
    public static async Task RunAsync()
    {
        var source = InMemorySource.FromStrings(Enumerable.Range(0, 50).Select(number => KeyValuePair.Create($"key:{number}", $"{number}")));
        await using var backend = new InMemoryBackend();
        await ServiceAsync(backend, source);
        await backend.ClearAsync();
        await LimitAsync(backend, source);
    }

    private static async Task ServiceAsync(CacheBackend backend, ICacheSource source)
    {
        #region Service
        await using var cache = new BackfillingCache(backend, source, BackfillOptions.ForServices with
        {
            TimeToLive = TimeSpan.FromHours(1),
            OnBackendFault = BackendFaultHandling.Bypass,
        });

        byte[]? value = await cache.GetAsync("key:7");      // backend, else source; null: the source does not have it either
        CacheLookup lookup = await cache.LookUpAsync("key:7");
        Console.WriteLine($"{lookup.Outcome}, window miss rate {cache.Stats.WindowMissRate}");
        #endregion
        Check.That(value is not null && lookup.Outcome == CacheLookupOutcome.Hit);
    }

    private static async Task LimitAsync(CacheBackend backend, ICacheSource source)
    {
        await using var cache = new BackfillingCache(backend, source, new BackfillOptions { MaxBackfills = 0, MinLookups = 1 });
        await cache.GetAsync("key:1");
        #region Limit
        if (cache.Stats.ManualInterventionRequired)
        {
            long loaded = await cache.ForceBackfillAsync();   // everything the backend lacks and has room for; spends no limit
            cache.Resume();                                   // automatic backfills may run again
            Console.WriteLine($"{loaded} loaded by hand");
        }
        #endregion
        Check.That(!cache.Stats.ManualInterventionRequired && cache.Stats.Backfills == 1);
    }
}
