using System.Text;

namespace Cistern.Cli;

/// <summary>
/// A short run over made-up entries on another thread while a large input is parsed, so that the runtime has compiled and optimised what the
/// real run calls by the time it begins: otherwise that happens during the run's first tenths of a second, most of what such a run takes.
/// </summary>
internal static class WarmUp
{
    // The runtime optimises what was called thirty times, and the loops in methods called less often after some thousand rounds.
    private const int Backfills = 64;
    private const int Batch = 8;
    private const int LookupsPerKey = 2;

    /// <summary>Runs it. Prints nothing, writes nothing.</summary>
    public static async Task RunAsync()
    {
        string[] keys = [.. Enumerable.Range(0, Backfills * Batch).Select(number => $"warm-up:{number}")];
        using var backend = new InMemoryBackend(new InMemoryBackendOptions { Eviction = EvictionMode.OldestAdded, IsUnbounded = true });
        var source = new ObservedSource(new InMemorySource(keys.Select(key => new SourceEntry(key, Encoding.UTF8.GetBytes(key)))));
        var cache = new BackfillingCache(backend, source, new BackfillOptions { MissThreshold = 0.01, BackfillBatch = Batch }, new LookupClock());
        await using (cache.ConfigureAwait(false))
        {
            var run = new BackfillRun(cache, backend, source, new ResultWriter(new BlockWriter(static (_, _) => { }, 0), isArray: true));
            for (var round = 0; round < LookupsPerKey; round++)
            {
                for (var i = 0; i < keys.Length; i++)
                {
                    if (i % BackfillRun.Ahead == 0) run.Announce(keys, i);
                    await run.LookUpAsync(keys[i], CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
    }
}
