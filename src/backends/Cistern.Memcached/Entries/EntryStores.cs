namespace Cistern;

/// <summary>Stores entries whatever is there: as fast as the servers take them. Safe for concurrent use.</summary>
/// <param name="calls">The servers.</param>
internal sealed class EntryStores(ServerCalls calls)
{
    // A server works for each connection on a thread of its own: from this size on a batch is worth two of them.
    private const int LeastToShare = 2_000;
    private const int MostShares = 2;

    /// <summary>Stores an entry.</summary>
    public async ValueTask<SetOutcome> StoreAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        var deadline = calls.Deadline();
        var connection = await calls.Nodes[calls.Find(draft.Key)].ConnectAsync(draft.Use(), deadline, cancellationToken).ConfigureAwait(false);
        var outcomes = new SetOutcome[1];
        await ServerCalls.RunAsync(connection, new BulkStoreExchange([draft], null, 0, 1, calls.StoreCommand(connection), outcomes), deadline, cancellationToken).ConfigureAwait(false);
        return outcomes[0];
    }

    /// <summary>Stores some of a batch; each key's entries in their order.</summary>
    /// <param name="drafts">The batch.</param>
    /// <param name="indices">Which of them; null: all.</param>
    /// <param name="outcomes">Receives what became of each; <see cref="SetOutcome.TooLarge"/> is left out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask StoreManyAsync(IReadOnlyList<EntryDraft> drafts, IReadOnlyList<int>? indices, SetOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var count = indices?.Count ?? drafts.Count;
        var shares = count < LeastToShare ? 1 : Math.Min(MostShares, calls.Options.Connections);
        if (calls.Nodes.Count * shares == 1)
        {
            await StoreGroupAsync(0, drafts, indices is null ? null : [.. indices], count, outcomes, cancellationToken).ConfigureAwait(false);
            return;
        }

        // One key's entries are in one group, whose order is the batch's.
        var groups = ServerGroups.Of(count, calls.Nodes.Count * shares, i =>
        {
            var key = drafts[indices?[i] ?? i].Key;
            return calls.Find(key) * shares + (int)((uint)key.GetHashCode(StringComparison.Ordinal) % (uint)shares);
        });
        if (indices is not null)
        {
            foreach (var group in groups)
            {
                for (var i = 0; i < group.Length; i++) group[i] = indices[group[i]];
            }
        }

        await Task.WhenAll(groups.Select((group, place) => StoreGroupAsync(place / shares, drafts, group, group.Length, outcomes, cancellationToken))).ConfigureAwait(false);
    }

    private async Task StoreGroupAsync(int server, IReadOnlyList<EntryDraft> drafts, int[]? order, int count, SetOutcome[] outcomes, CancellationToken cancellationToken)
    {
        if (count == 0) return;

        // One connection: what is sent behind is carried out behind, so that of one key's entries the last one stays.
        var connection = await calls.Nodes[server].ConnectAsync(ConnectionUse.Batch, calls.Deadline(), cancellationToken).ConfigureAwait(false);
        var command = calls.StoreCommand(connection);
        var window = new ExchangeWindow<BulkStoreExchange>(connection, cancellationToken);
        for (var next = 0; next < count;)
        {
            var exchange = new BulkStoreExchange(drafts, order, next, count, command, outcomes);
            await window.PostAsync(exchange).ConfigureAwait(false);
            next = exchange.Next;
        }

        while (await window.TakeAsync().ConfigureAwait(false) is not null)
        {
            // A piece that failed has thrown.
        }
    }
}
