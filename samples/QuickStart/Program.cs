#region QuickStart
using System.Text;
using Cistern;

// The source is the authority behind the cache: your database, behind ICacheSource. Here, a dictionary.
var source = InMemorySource.FromStrings(new Dictionary<string, string>
{
    ["product:1"] = "Kettle",
    ["product:2"] = "Teapot",
    ["product:3"] = "Cup",
    ["product:4"] = "Saucer",
    ["product:5"] = "Spoon",
});

await using var backend = new InMemoryBackend(new InMemoryBackendOptions { Capacity = 10_000 });
await using var cache = new BackfillingCache(backend, source, new BackfillOptions { MissThreshold = 0.5, BackfillBatch = 10 });

foreach (var key in new[] { "product:1", "product:1", "product:2", "product:3", "product:4", "product:9" })
{
    var lookup = await cache.LookUpAsync(key);
    Console.WriteLine($"{key}: {lookup.Outcome} {(lookup.Value is null ? "" : Encoding.UTF8.GetString(lookup.Value))}");
}

Console.WriteLine($"{cache.Stats.Hits} hits, {cache.Stats.Misses} misses, miss rate {cache.Stats.MissRate}");
foreach (var decision in cache.Audit.Entries)
{
    Console.WriteLine($"lookup {decision.Lookups}: {decision.ActionName} at miss rate {decision.MissRate}, {decision.Loaded} loaded");
}
#endregion

// What README.md says this prints.
return cache.Stats is { Hits: 3, Misses: 3, Backfills: 2, SourceMisses: 1 } ? 0 : 1;
