using System.Diagnostics;

namespace Cistern;

/// <summary>
/// Makes changes that depend on what is there: read, decide, write only if it is still as it was read, else all over again. Whoever is too late has been
/// overtaken by one who was not, so that somebody always gets on. The read and the write go over one connection: numbers of changes begin anew with the
/// server, and no write may take another run's number for the one that was read. Safe for concurrent use.
/// </summary>
internal sealed class EntryChanges(ServerCalls calls, EntryReads reads, Func<long> clock)
{
    private const int MostAttempts = 1_000;
    private const int AttemptsWithoutPause = 4;
    private const int LongestPauseMilliseconds = 8;
    private const int PieceChanges = 64;

    // Read, and then written in pieces that are all under way at once: what was read is soon used, and not held for a whole batch.
    private const int PageChanges = 8 * PieceChanges;

    /// <summary>Makes one change.</summary>
    public async ValueTask<TOutcome> RunAsync<TOutcome>(EntryChange<TOutcome> change, CancellationToken cancellationToken)
    {
        var deadline = calls.Deadline();
        var connection = await calls.Nodes[calls.Find(change.Target.Name)].ConnectAsync(change.Use, deadline, cancellationToken).ConfigureAwait(false);
        var outcomes = new TOutcome[1];
        await RunPageAsync(connection, [change], [0], outcomes, deadline, cancellationToken).ConfigureAwait(false);
        return outcomes[0];
    }

    /// <summary>Makes changes to different keys, on all of their servers at once.</summary>
    /// <returns>One outcome for each.</returns>
    public async ValueTask<TOutcome[]> RunManyAsync<TOutcome>(IReadOnlyList<EntryChange<TOutcome>> changes, CancellationToken cancellationToken)
    {
        var outcomes = new TOutcome[changes.Count];
        await Task.WhenAll(ServerGroups.Of(changes.Count, calls.Nodes.Count, i => calls.Find(changes[i].Target.Name)).Select(async (group, server) =>
        {
            if (group.Length == 0) return;
            var connection = await calls.Nodes[server].ConnectAsync(ConnectionUse.Batch, calls.Deadline(), cancellationToken).ConfigureAwait(false);
            foreach (var page in group.Chunk(PageChanges)) await RunPageAsync(connection, changes, page, outcomes, null, cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);
        return outcomes;
    }

    // The deadline of the whole call; null: it is a page of a batch, which goes on as long as the server does.
    private async Task RunPageAsync<TOutcome>(Connection connection, IReadOnlyList<EntryChange<TOutcome>> changes, int[] page, TOutcome[] outcomes, long? deadline, CancellationToken cancellationToken)
    {
        var command = calls.StoreCommand(connection);
        int[] left = [.. page.Where(i => !changes[i].IsRefused(command, out outcomes[i]!))];
        for (var attempt = 0; left.Length > 0; attempt++)
        {
            if (attempt > 0) await PauseAsync(connection, attempt, deadline, cancellationToken).ConfigureAwait(false);
            var held = await ReadAsync(connection, changes, left, isFirst: attempt == 0, deadline, cancellationToken).ConfigureAwait(false);
            var now = clock();
            var due = new List<(int Index, ChangeStep<TOutcome> Step, ulong Cas)>();
            for (var i = 0; i < left.Length; i++)
            {
                var step = changes[left[i]].Decide(held[i], now);
                outcomes[left[i]] = step.Outcome;
                if (step.Kind != ChangeKind.Leave) due.Add((left[i], step, held[i].Cas));
            }

            left = await WriteAsync(connection, changes, due, now, command, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    // What is there, for each of the changes in turn; nothing, for those that hope so at first.
    private async ValueTask<HeldEntry[]> ReadAsync<TOutcome>(Connection connection, IReadOnlyList<EntryChange<TOutcome>> changes, int[] indices, bool isFirst, long? deadline, CancellationToken cancellationToken)
    {
        var held = new HeldEntry[indices.Length];
        int[] unknown = [.. Enumerable.Range(0, indices.Length).Where(i => !isFirst || !changes[indices[i]].ExpectsNothing)];
        if (unknown.Length == 0) return held;
        KeyTarget[] targets = [.. unknown.Select(i => changes[indices[i]].Target)];
        var depth = changes[indices[0]].Depth;
        if (deadline is not null)
        {
            var exchange = new ReadExchange(targets, 0, 1, calls.Names, depth, ReadMode.Look);
            await ServerCalls.RunAsync(connection, exchange, deadline, cancellationToken).ConfigureAwait(false);
            held[unknown[0]] = exchange.Held[0];
            return held;
        }

        var next = 0;
        await reads.ReadAsync(connection, targets, depth, refreshes: false, entry => held[unknown[next++]] = entry, cancellationToken).ConfigureAwait(false);
        return held;
    }

    // The changes for which somebody else was faster.
    private static async ValueTask<int[]> WriteAsync<TOutcome>(Connection connection, IReadOnlyList<EntryChange<TOutcome>> changes, List<(int Index, ChangeStep<TOutcome> Step, ulong Cas)> due, long now, StoreCommand command, long? deadline, CancellationToken cancellationToken)
    {
        var late = new List<int>();
        var underWay = new Queue<(ChangeExchange<TOutcome> Exchange, int From)>();
        for (var from = 0; from < due.Count; from += PieceChanges)
        {
            var piece = due.Slice(from, Math.Min(PieceChanges, due.Count - from));
            var exchange = new ChangeExchange<TOutcome>([.. piece.Select(change => (changes[change.Index].Target, change.Step, change.Cas))], now, command);
            connection.Post(deadline is { } end ? exchange.Until(end) : exchange);
            underWay.Enqueue((exchange, from));
        }

        while (underWay.TryDequeue(out var done))
        {
            await done.Exchange.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < done.Exchange.Count; i++)
            {
                if (done.Exchange.IsLate(i)) late.Add(due[done.From + i].Index);
            }
        }

        return [.. late];
    }

    // Of many who want one key, those who pause leave the others time to finish.
    private static async Task PauseAsync(Connection connection, int attempt, long? deadline, CancellationToken cancellationToken)
    {
        if (attempt == MostAttempts || Stopwatch.GetTimestamp() > deadline) throw new MemcachedFaultException($"{connection.Address}: others changed the key {attempt} times between reading and writing it");
        if (attempt < AttemptsWithoutPause) return;
#pragma warning disable CA5394 // A pause is no secret.
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(LongestPauseMilliseconds)), TimeProvider.System, cancellationToken).ConfigureAwait(false);
#pragma warning restore CA5394
    }
}
