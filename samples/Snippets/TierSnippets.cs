using Cistern;
using StackExchange.Redis;

namespace Samples;

/// <summary>Tiers, used: where a server's host and port are given in <c>CISTERN_REDIS</c>.</summary>
internal static class TierSnippets
{
    public static async Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable("CISTERN_REDIS") is not { Length: > 0 } server) return;
        var servers = new ConfigurationOptions { EndPoints = { server } };
        #region Tiers
        var far = await RedisBackend.OpenAsync(servers, new RedisBackendOptions { Prefix = "app:" });
        await using var cache = await TieredBackend.OpenAsync(new InMemoryBackend(), far, new TieredBackendOptions
        {
            NearTimeToLive = TimeSpan.FromMinutes(1),           // how long a copy counts, never beyond its entry's end
            Invalidation = far.CreateInvalidationChannel(),     // processes tell each other what they changed
        });

        await cache.SetStringAsync("user:1", "Ada");            // in Redis, and here
        string? name = await cache.GetStringAsync("user:1");    // from memory
        #endregion
        Check.That(name == "Ada" && (await cache.LookUpAsync("user:1")).Outcome == TieredLookupOutcome.Near);
        await cache.ClearAsync();
    }
}
