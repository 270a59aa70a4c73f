using Cistern;

namespace Samples;

/// <summary>The memcached backend, used.</summary>
internal static class MemcachedSnippets
{
    public static async Task RunAsync(string first, string second)
    {
        #region Memcached
        await using var backend = await MemcachedBackend.OpenAsync([first, second], new MemcachedBackendOptions
        {
            Prefix = "shop:",
            ServerRestarted = server => Console.WriteLine($"{server} began anew and is empty"),
        });
        await backend.SetStringAsync("user:1", "Ada", new SetOptions { TimeToLive = TimeSpan.FromMinutes(5) });
        string? name = await backend.GetStringAsync("user:1");
        #endregion
        Check.That(name == "Ada");
    }
}
