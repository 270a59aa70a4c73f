using System.CommandLine;
using System.Globalization;

namespace Cistern.Cli;

/// <summary><c>cistern stats</c>: how much a backend holds, and what bounds it.</summary>
internal sealed class StatsVerb : Verb
{
    private readonly Argument<string> _address = AddressArgument();

    public StatsVerb() : base("stats", "Show how much a backend holds, and what bounds it.") => Declare([_address]);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        CacheStats stats;
        BackendCapabilities capabilities;
        var backend = await run.OpenAsync(_address, isReadOnly: true).ConfigureAwait(false);
        await using (backend.ConfigureAwait(false))
        {
            stats = await backend.GetStatsAsync(run.CancellationToken).ConfigureAwait(false);
            capabilities = backend.Capabilities;
        }

        if (run.IsJson)
        {
            run.PrintJson(json => Add(json, stats, capabilities));
            return ExitCode.Done;
        }

        // The counters belong to the instance that was opened a moment ago: nobody learns from them that there were no hits.
        foreach (var (name, figure) in Rows(stats, capabilities)) run.Print($"{name,-14}{figure}");
        return ExitCode.Done;
    }

    private static IEnumerable<(string Name, string Figure)> Rows(CacheStats stats, BackendCapabilities capabilities)
    {
        yield return ("backend", stats.Backend);
        yield return ("entries", Figure(stats.CurrentEntries, ""));
        yield return ("size", Figure(stats.CurrentSizeBytes, " bytes"));
        if (stats.MaxSizeBytes is { } maxSize) yield return ("max size", Figure(maxSize, " bytes"));
        if (stats.MaxSizeBytes is not null) yield return ("utilization", string.Create(CultureInfo.InvariantCulture, $"{stats.Utilization * 100:0.0} %"));
        if (stats.MemoryBytes is { } memory) yield return ("memory", Figure(memory, " bytes"));
        if (stats.MaxMemoryBytes is { } maxMemory) yield return ("max memory", Figure(maxMemory, " bytes"));
        if (capabilities.Capacity is { } capacity) yield return ("capacity", Figure(capacity, " entries"));
        yield return ("persistent", capabilities.IsPersistent ? "yes" : "no");
        yield return ("shared", capabilities.IsShared ? "yes" : "no");
    }

    private static string Figure(long? number, string unit) => number is { } known ? known.ToString("N0", CultureInfo.InvariantCulture) + unit : "unknown";

    private static void Add(ResultJson json, CacheStats stats, BackendCapabilities capabilities)
    {
        foreach (var (name, figure) in stats.ToDictionary())
        {
            if (figure is double rate) json.AddRate(name, rate);
            else if (figure is string text) json.Add(name, text);
            else json.Add(name, (long?)figure);
        }

        json.Add("capacity", capabilities.Capacity).Add("is_persistent", capabilities.IsPersistent).Add("is_shared", capabilities.IsShared);
    }
}
