using Cistern;

namespace Samples;

/// <summary>A source of one's own, used.</summary>
internal static class OwnSourceSnippets
{
    public static async Task RunAsync()
    {
        var source = new ProductSource(new() { [1] = "Kettle", [2] = "Teapot", [5] = "Spoon" });
        await using var backend = new InMemoryBackend();
        await using var cache = new BackfillingCache(backend, source);
        Check.That(await cache.GetAsync("product:2") is not null && await cache.GetAsync("product:3") is null && await cache.GetAsync("user:3") is null);
        Check.That(cache.Stats is { Backfills: 1, Loaded: 2, SourceMisses: 2 });
    }
}
