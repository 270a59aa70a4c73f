namespace Cistern;

/// <summary>Reads entries from their servers. Safe for concurrent use.</summary>
internal sealed class EntryReads(ServerCalls calls)
{
    /// <summary>Reads what is there for a key.</summary>
    public ValueTask<HeldEntry> ReadAsync(string key, ReadDepth depth, bool refreshes, CancellationToken cancellationToken) =>
        ReadAsync(key, depth, refreshes ? ReadMode.Use : ReadMode.Look, cancellationToken);

    /// <summary>Reads what is there for a key, and has the server put an empty item there if nothing is.</summary>
    public ValueTask<HeldEntry> LeaseAsync(string key, CancellationToken cancellationToken) => ReadAsync(key, ReadDepth.Header, ReadMode.Lease, cancellationToken);

    private async ValueTask<HeldEntry> ReadAsync(string key, ReadDepth depth, ReadMode mode, CancellationToken cancellationToken)
    {
        var deadline = calls.Deadline();
        KeyTarget[] targets = [new(calls.Names.NameOf(key), key)];
        var connection = await calls.Nodes[calls.Find(targets[0].Name)].ConnectAsync(ConnectionUse.Call, deadline, cancellationToken).ConfigureAwait(false);
        var exchange = new ReadExchange(targets, 0, 1, calls.Names, depth, mode);
        await ServerCalls.RunAsync(connection, exchange, deadline, cancellationToken).ConfigureAwait(false);
        return exchange.Held[0];
    }

    /// <summary>Reads what is there for some keys, from all of their servers at once; tells each as it comes, one at a time.</summary>
    public async ValueTask ReadManyAsync(IReadOnlyCollection<string> keys, ReadDepth depth, bool refreshes, Action<HeldEntry> receive, CancellationToken cancellationToken)
    {
        var targets = new KeyTarget[keys.Count];
        var next = 0;
        foreach (var key in keys) targets[next++] = new KeyTarget(calls.Names.NameOf(key), key);
        var gate = new Lock();
        await Task.WhenAll(ServerGroups.Of(targets.Length, calls.Nodes.Count, i => calls.Find(targets[i].Name)).Select(async (group, server) =>
        {
            if (group.Length == 0) return;
            var connection = await calls.Nodes[server].ConnectAsync(ConnectionUse.Batch, calls.Deadline(), cancellationToken).ConfigureAwait(false);
            await ReadAsync(connection, [.. group.Select(i => targets[i])], depth, refreshes, Receive, cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);

        void Receive(HeldEntry held)
        {
            lock (gate) receive(held);
        }
    }

    /// <summary>Reads what one server has under some names, and tells each in their order.</summary>
    public async ValueTask ReadAsync(Connection connection, IReadOnlyList<KeyTarget> targets, ReadDepth depth, bool refreshes, Action<HeldEntry> receive, CancellationToken cancellationToken)
    {
        var window = new ExchangeWindow<ReadExchange>(connection, cancellationToken);
        for (var from = 0; from < targets.Count;)
        {
            var exchange = new ReadExchange(targets, from, connection.Pace.Names, calls.Names, depth, refreshes ? ReadMode.Use : ReadMode.Look);
            Tell(await window.PostAsync(exchange).ConfigureAwait(false));
            from += exchange.Count;
        }

        while (await window.TakeAsync().ConfigureAwait(false) is { } done) Tell(done);

        void Tell(ReadExchange? done)
        {
            if (done is null) return;
            connection.Pace.Learn(done.Count, done.Bytes);
            for (var i = 0; i < done.Count; i++) receive(done.Held[i]);
        }
    }
}
