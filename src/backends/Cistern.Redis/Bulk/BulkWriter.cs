using System.Net.Sockets;

namespace Cistern;

/// <summary>
/// Writes batches over connections of its own, which the multiplexer's interface is too slow for: to each server that has some of the keys its commands in windows, every answer
/// counted. What a cluster sends elsewhere goes there; what a broken connection left unanswered is sent again where that does no harm.
/// </summary>
/// <remarks>Safe for concurrent use: each write has its connections for itself.</remarks>
internal sealed class BulkWriter(RedisConnection connection, RespPool pool, RedisKeys keys, RedisBackendOptions options)
{
    // A server that is gone is not waited for: the caller's retries are the caller's.
    private const int MostBrokenConnections = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private volatile ClusterMap? _map;

    /// <summary>Whether the servers let such connections in. If not, batches go by the multiplexer.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>Writes entries.</summary>
    /// <param name="drafts">The entries.</param>
    /// <param name="fitting">Which of them to write.</param>
    /// <param name="outcomes">Where each one's outcome goes.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>False: nothing was written, as the servers let no such connection in.</returns>
    /// <exception cref="CacheBackendException">Some were refused; the others were written.</exception>
    public async Task<bool> TryWriteAsync(IReadOnlyList<EntryDraft> drafts, List<int> fitting, SetOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var plan = new BulkPlan(drafts, fitting, outcomes, connection.IsCluster ? keys.SlotOf : null, options);
        var patience = new BulkPatience(options.Timeout, cancellationToken);
        using (patience)
        {
            try
            {
                await WriteAsync(plan, patience).ConfigureAwait(false);
                return true;
            }
            catch (RespRefusedException)
            {
                IsUsable = false;
                return false;
            }
            catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"no answer within {options.Timeout.TotalSeconds} s", fault);
            }
        }
    }

    private async Task WriteAsync(BulkPlan plan, BulkPatience patience)
    {
        List<BulkLeftover> left = [.. plan.Commands.Select(command => new BulkLeftover(command, null))];
        var results = new List<BulkResult>();
        for (var broken = 0; left.Count > 0;)
        {
            var groups = await AssignAsync(left, patience.Token).ConfigureAwait(false);
            var runs = await Task.WhenAll(groups.Select(group => RunAsync(plan, group.Key, [.. group.Select(leftover => leftover.Command)], patience))).ConfigureAwait(false);
            results.AddRange(runs.Select(run => run.Result));
            var before = left.Count;
            left = [.. runs.SelectMany(run => run.Result.Leftovers)];
            if (left.Count == 0) break;

            // Whatever it was, the slots are not where they were thought to be.
            _map = null;
            var faults = runs.Select(run => run.Fault).OfType<Exception>().ToList();
            if (faults.Count > 0 && ++broken > MostBrokenConnections) throw faults[0];
            if (left.Count == before || left.Exists(leftover => leftover.Server is null))
            {
                await Task.Delay(Pause, TimeProvider.System, patience.Token).ConfigureAwait(false);
            }
        }

        if (results.Select(result => result.Failure).OfType<string>().ToList() is { Count: > 0 } failures) throw new CacheBackendException($"{options.Name}: set many: {string.Join("; ", failures)}");
    }

    private async Task<IEnumerable<IGrouping<RespTarget, BulkLeftover>>> AssignAsync(List<BulkLeftover> left, CancellationToken cancellationToken)
    {
        if (!connection.IsCluster)
        {
            var server = connection.FindServer();
            return left.GroupBy(_ => server);
        }

        var map = _map ??= await connection.FindMastersAsync(cancellationToken).ConfigureAwait(false);
        return left.GroupBy(leftover => leftover.Server ?? map.Find(leftover.Command.Slot));
    }

    private async Task<(BulkResult Result, Exception? Fault)> RunAsync(BulkPlan plan, RespTarget server, IReadOnlyList<BulkCommand> commands, BulkPatience patience)
    {
        var result = new BulkResult(plan);
        RespConnection rented;
        try
        {
            rented = await pool.RentAsync(server, patience.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            result.Leftovers.AddRange(commands.Select(command => new BulkLeftover(command with { IsAsking = false }, null)));
            return (result, fault);
        }

        var run = new BulkRun(plan, rented, commands, result);
        try
        {
            await run.RunAsync(patience.Restart, patience.Token).ConfigureAwait(false);
            pool.Return(rented);
            return (result, null);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            rented.Dispose();
            foreach (var command in commands.Skip(run.Answered))
            {
                if (plan.MaySendAgain) result.Leftovers.Add(new BulkLeftover(command with { IsAsking = false }, null));
                else result.Fail(command, fault.Message);
            }

            return (result, fault);
        }
        catch
        {
            rented.Dispose();
            throw;
        }
    }
}
