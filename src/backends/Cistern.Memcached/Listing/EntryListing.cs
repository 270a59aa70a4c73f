using System.Runtime.CompilerServices;

namespace Cistern;

/// <summary>Lists and clears what the servers have of the backend's prefix, server by server. Safe for concurrent use.</summary>
internal sealed class EntryListing(ServerCalls calls, EntryReads reads, EntryChanges changes, Func<long> clock)
{
    private const int PageNames = 256;

    /// <summary>Lists live keys that match a pattern.</summary>
    public async IAsyncEnumerable<string> KeysAsync(KeyPattern pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var server = 0; server < calls.Nodes.Count; server++)
        {
            var names = await new KeyDump(calls, server, pattern.LiteralPrefix).ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (var page in names.Pages(PageNames))
            {
                var live = new List<string>(page.Count);
                var connection = await calls.Nodes[server].ConnectAsync(ConnectionUse.Batch, calls.Deadline(), cancellationToken).ConfigureAwait(false);
                await reads.ReadAsync(connection, page, ReadDepth.Header, refreshes: false, held => Add(held, pattern, live), cancellationToken).ConfigureAwait(false);
                foreach (var key in live) yield return key;
            }
        }
    }

    /// <summary>Takes every entry away; returns how many live ones that were.</summary>
    public async ValueTask<long> ClearAsync(CancellationToken cancellationToken)
    {
        var cleared = 0L;
        for (var server = 0; server < calls.Nodes.Count; server++)
        {
            var names = await new KeyDump(calls, server, "").ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (var page in names.Pages(PageNames))
            {
                var outcomes = await changes.RunManyAsync<bool>([.. page.Select(target => new ClearChange(target))], cancellationToken).ConfigureAwait(false);
                cleared += outcomes.Count(wasLive => wasLive);
            }
        }

        return cleared;
    }

    private void Add(in HeldEntry held, KeyPattern pattern, List<string> live)
    {
        if (held.IsLive(clock()) && pattern.IsMatch(held.Key!)) live.Add(held.Key!);
    }
}
