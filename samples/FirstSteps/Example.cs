using Cistern;
using Cistern.Testing;

namespace Samples;

/// <summary>The example of seed 004 over any backend: a value with a TTL, one that expires, and the statistics.</summary>
public static class Example
{
    /// <summary>Runs it.</summary>
    /// <param name="cache">The backend; empty, with this clock.</param>
    /// <param name="clock">The clock: time passes when it is told to, and nobody sleeps.</param>
    /// <returns>What was found, in order, a line each.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(CacheBackend cache, ManualTimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(clock);
        List<string> lines = [];
        await cache.SetAsync("key1", "hello world"u8.ToArray(), TimeSpan.FromSeconds(60));
        lines.Add($"Retrieved: {await cache.GetStringAsync("key1")}");

        await cache.SetAsync("temp", "expires soon"u8.ToArray(), TimeSpan.FromSeconds(1));
        lines.Add($"Before expiry: {await cache.ExistsAsync("temp")}");
        clock.Advance(TimeSpan.FromSeconds(1.5));
        lines.Add($"After expiry: {await cache.ExistsAsync("temp")}, {await cache.GetStringAsync("temp") ?? "a miss"}");

        var stats = await cache.GetStatsAsync();
        lines.Add($"Hit rate: {stats.HitRate:0.00}");
        return lines;
    }
}
