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

    /// <summary>Makes one change.</summary>
    public async ValueTask<TOutcome> RunAsync<TOutcome>(EntryChange<TOutcome> change, CancellationToken cancellationToken)
    {
        var deadline = calls.Deadline();
        var connection = await calls.Nodes[calls.Find(change.Target.Name)].ConnectAsync(change.Use, deadline, cancellationToken).ConfigureAwait(false);
        var outcomes = new TOutcome[1];
        await RunAsync(connection, [change], [0], outcomes, deadline, cancellationToken).ConfigureAwait(false);
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
            await RunAsync(connection, changes, group, outcomes, null, cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);
        return outcomes;
    }

    // The deadline of the whole call; null: each piece has its own.
    private async Task RunAsync<TOutcome>(Connection connection, IReadOnlyList<EntryChange<TOutcome>> changes, int[] indices, TOutcome[] outcomes, long? deadline, CancellationToken cancellationToken)
    {
        var command = calls.StoreCommand(connection);
        var held = new HeldEntry[changes.Count];
        var left = indices;
        for (var attempt = 0; left.Length > 0; attempt++)
        {
            if (attempt > 0) await PauseAsync(connection, attempt, deadline, cancellationToken).ConfigureAwait(false);
            int[] unknown = attempt == 0 ? [.. left.Where(i => !changes[i].ExpectsNothing)] : left;
            await ReadAsync(connection, changes, unknown, held, deadline, cancellationToken).ConfigureAwait(false);
            var now = clock();
            var due = new List<(int Index, ChangeStep<TOutcome> Step)>();
            foreach (var i in left)
            {
                var step = changes[i].Decide(held[i], now);
                outcomes[i] = step.Outcome;
                if (step.Kind != ChangeKind.Leave) due.Add((i, step));
            }

            var late = new List<int>();
            foreach (var piece in due.Chunk(PieceChanges))
            {
                var exchange = new ChangeExchange<TOutcome>([.. piece.Select(change => (changes[change.Index].Target, change.Step, held[change.Index].Cas))], now, command);
                await ServerCalls.RunAsync(connection, exchange, deadline, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < piece.Length; i++)
                {
                    if (exchange.IsLate(i)) late.Add(piece[i].Index);
                }
            }

            left = [.. late];
        }
    }

    private async ValueTask ReadAsync<TOutcome>(Connection connection, IReadOnlyList<EntryChange<TOutcome>> changes, int[] indices, HeldEntry[] held, long? deadline, CancellationToken cancellationToken)
    {
        if (indices.Length == 0) return;
        KeyTarget[] targets = [.. indices.Select(i => changes[i].Target)];
        var depth = changes[indices[0]].Depth;
        if (deadline is { } end)
        {
            var exchange = new ReadExchange(targets, 0, 1, calls.Names, depth, refreshes: false);
            await ServerCalls.RunAsync(connection, exchange, end, cancellationToken).ConfigureAwait(false);
            held[indices[0]] = exchange.Held[0];
            return;
        }

        var next = 0;
        await reads.ReadAsync(connection, targets, depth, refreshes: false, entry => held[indices[next++]] = entry, cancellationToken).ConfigureAwait(false);
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
