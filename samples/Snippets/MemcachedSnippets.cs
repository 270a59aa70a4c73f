using Cistern;

namespace Samples;

/// <summary>The memcached backend, used: where two servers are given in <c>CISTERN_MEMCACHED</c>, with a blank between.</summary>
internal static class MemcachedSnippets
{
    public static async Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable("CISTERN_MEMCACHED")?.Split(' ') is not [var first, var second]) return;
        #region Memcached
        await using var backend = await MemcachedBackend.OpenAsync([first, second], new MemcachedBackendOptions { Prefix = "shop:" });
        backend.Emptied += (_, _) => Console.WriteLine("a server began anew and is empty");
        await backend.SetStringAsync("user:1", "Ada", new SetOptions { TimeToLive = TimeSpan.FromMinutes(5) });
        string? name = await backend.GetStringAsync("user:1");
        #endregion
        Check.That(name == "Ada");
    }
}
