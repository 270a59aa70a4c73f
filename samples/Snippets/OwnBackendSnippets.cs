using Cistern;

namespace Samples;

/// <summary>A backend of one's own, used. That it keeps the contract is the suite's to show.</summary>
internal static class OwnBackendSnippets
{
    public static async Task RunAsync()
    {
        await using var backend = new DictionaryBackend();
        await using var cache = new BackfillingCache(backend, InMemorySource.FromStrings([KeyValuePair.Create("a", "1")]));
        Check.That(await cache.GetAsync("a") is not null && await backend.GetStringAsync("a") == "1");
    }
}
