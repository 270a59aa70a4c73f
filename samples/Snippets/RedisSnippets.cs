using Cistern;
using StackExchange.Redis;

namespace Samples;

/// <summary>The Redis backend, used: where a server's host and port are given in <c>CISTERN_REDIS</c>.</summary>
internal static class RedisSnippets
{
    public static async Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable("CISTERN_REDIS") is not { Length: > 0 } server) return;
        await UseAsync(server);
        await ShareAsync(server);
    }

    private static async Task UseAsync(string server)
    {
        #region Redis
        var servers = new ConfigurationOptions { EndPoints = { server } };    // "cache.example.com:6379"; several for a cluster
        await using var backend = await RedisBackend.OpenAsync(servers, new RedisBackendOptions { Prefix = "app:" });
        await backend.SetStringAsync("user:1", "Ada", new SetOptions { TimeToLive = TimeSpan.FromMinutes(5) });
        string? name = await backend.GetStringAsync("user:1");
        #endregion
        Check.That(name == "Ada");
    }

    private static async Task ShareAsync(string server)
    {
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server);
        #region RedisShared
        await using var backend = RedisBackend.Over(multiplexer, new RedisBackendOptions { Prefix = "app:" });
        #endregion
        Check.That(await backend.GetStringAsync("user:1") == "Ada");
        await backend.ClearAsync();
    }
}
