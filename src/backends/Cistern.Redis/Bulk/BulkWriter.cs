using System.Diagnostics;
using System.Net.Sockets;

namespace Cistern;

/// <summary>
/// Writes batches over connections of its own, which the multiplexer's interface is too slow for: to each server that has some of the keys its commands in windows, every answer
/// counted. What a cluster sends elsewhere goes there; what a broken connection left unanswered is sent again where that does no harm; what no connection is let in for is left to the caller.
/// </summary>
/// <remarks>Safe for concurrent use: each write has its connections for itself.</remarks>
internal sealed class BulkWriter(RedisConnection connection, ClusterSurvey survey, RespPool pool, RedisBackendOptions options)
{
    // A server that is gone is not waited for: the caller's retries are the caller's.
    private const int MostBrokenConnections = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // How long servers that let nobody in are left alone.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private volatile ClusterMap? _map;
    private volatile bool _wasLetIn;
    private volatile bool _isGivenUp;
    private long _restsUntil = Stopwatch.GetTimestamp();

    /// <summary>Whether it is worth trying now. If not, batches go by the multiplexer.</summary>
    public bool IsUsable => !_isGivenUp && Stopwatch.GetTimestamp() >= Volatile.Read(ref _restsUntil);

    /// <summary>Sends a batch.</summary>
    /// <param name="plan">The batch.</param>
    /// <param name="failures">Takes what failed.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>The waves of commands that were not sent, as a server let no such connection in.</returns>
    /// <exception cref="TimeoutException">A server did not answer; some commands may have been done or not.</exception>
    public async Task<IEnumerable<IReadOnlyList<BulkCommand>>> SendAsync(BulkPlan plan, BulkFailures failures, CancellationToken cancellationToken)
    {
        var patience = new BulkPatience(options.Timeout, cancellationToken);
        using (patience)
        {
            try
            {
                for (var wave = 0; wave < plan.Waves.Count; wave++)
                {
                    var refused = await SendAsync(plan, plan.Waves[wave], failures, patience).ConfigureAwait(false);
                    if (refused.Count > 0) return [refused, .. plan.Waves.Skip(wave + 1)];
                }

                return [];
            }
            catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"no answer within {options.Timeout.TotalSeconds} s", fault);
            }
        }
    }

    private async Task<List<BulkCommand>> SendAsync(BulkPlan plan, IReadOnlyList<BulkCommand> wave, BulkFailures failures, BulkPatience patience)
    {
        List<BulkLeftover>? left = null;
        var refused = new List<BulkCommand>();
        for (var broken = 0; ;)
        {
            var before = left?.Count ?? wave.Count;
            var (runs, homeless) = await SendAsync(plan, wave, left, failures, patience).ConfigureAwait(false);
            refused.AddRange(runs.Where(run => run.End == BulkEnd.Refused).SelectMany(run => run.Leftovers).Select(leftover => leftover.Command));
            left = [.. homeless, .. runs.Where(run => run.End != BulkEnd.Refused).SelectMany(run => run.Leftovers)];
            if (left.Count == 0) return refused;

            // Whatever it was, the slots are not where they were thought to be.
            _map = null;
            if (runs.FirstOrDefault(run => run.End == BulkEnd.Broken)?.Fault is { } fault && ++broken > MostBrokenConnections)
            {
                if (fault is not RespOpenException { Obstacle: RespObstacle.Broken } refusal) throw fault;
                RestAfter(refusal);
                return [.. refused, .. left.Select(leftover => leftover.Command)];
            }

            if (left.Count < before && left.TrueForAll(leftover => leftover.Server is not null)) continue;
            if (runs.Any(run => run.HasParted)) continue;
            var reason = Reason(runs, homeless.Count > 0);
            if (homeless.Count > 0 || reason.StartsWith("READONLY", StringComparison.Ordinal)) connection.BeginLook();
            if (await patience.WaitAsync(Pause).ConfigureAwait(false)) continue;
            foreach (var leftover in left) failures.Note(plan, leftover.Command, reason);
            return refused;
        }
    }

    // Sends to each server what is its; what is nobody's now is left.
    private async Task<(BulkResult[] Runs, IReadOnlyCollection<BulkLeftover> Homeless)> SendAsync(BulkPlan plan, IReadOnlyList<BulkCommand> wave, List<BulkLeftover>? left, BulkFailures failures, BulkPatience patience)
    {
        // All of it is for one: nothing is to be sorted.
        if (left is null && !plan.IsCluster) return ([await RunAsync(plan, await connection.FindServerAsync(patience.Token).ConfigureAwait(false), wave, failures, patience).ConfigureAwait(false)], []);
        var groups = await AssignAsync(plan, left ?? [.. wave.Select(command => new BulkLeftover(command, null))], patience.Token).ConfigureAwait(false);
        var runs = await Task.WhenAll(groups.Where(group => group.Key is not null).Select(group => RunAsync(plan, group.Key!.Value, [.. group.Select(leftover => leftover.Command)], failures, patience))).ConfigureAwait(false);
        return (runs, [.. groups[null]]);
    }

    private static string Reason(IReadOnlyList<BulkResult> runs, bool isWithoutServer)
    {
        if (runs.Select(run => run.Delay ?? run.Fault?.Message).OfType<string>().FirstOrDefault() is { } told) return told;
        return isWithoutServer ? "no server of the cluster has their slots" : "each server of the cluster said that another has their slots";
    }

    // To whom each goes; null: nobody has its slot now.
    private async Task<ILookup<RespTarget?, BulkLeftover>> AssignAsync(BulkPlan plan, List<BulkLeftover> left, CancellationToken cancellationToken)
    {
        if (!plan.IsCluster)
        {
            var server = await connection.FindServerAsync(cancellationToken).ConfigureAwait(false);
            return left.ToLookup(leftover => leftover.Server ?? (RespTarget?)server);
        }

        var map = _map ??= await survey.FindMastersAsync(cancellationToken).ConfigureAwait(false);
        return left.ToLookup(leftover => leftover.Server ?? map.Find(leftover.Command.Slot));
    }

    private async Task<BulkResult> RunAsync(BulkPlan plan, RespTarget server, IReadOnlyList<BulkCommand> commands, BulkFailures failures, BulkPatience patience)
    {
        var result = new BulkResult(plan, failures);
        RespConnection rented;
        try
        {
            rented = await pool.RentAsync(server, patience.Token).ConfigureAwait(false);
            _wasLetIn = true;
        }
        catch (RespOpenException fault)
        {
            (result.End, result.Fault) = (fault.Obstacle is RespObstacle.Nobody or RespObstacle.Broken ? BulkEnd.Broken : BulkEnd.Refused, fault);
            result.Leave(commands);
            if (result.End == BulkEnd.Refused) RestAfter(fault);
            return result;
        }

        var run = new BulkRun(plan, rented, commands, result);
        try
        {
            await run.RunAsync(patience.Restart, patience.Token).ConfigureAwait(false);
            pool.Return(rented);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            rented.Dispose();
            (result.End, result.Fault) = (BulkEnd.Broken, fault);
            foreach (var command in run.Unanswered.Where(command => !plan.MaySendAgain(command))) failures.Note(plan, command, fault.Message);
            result.Leave(run.Unanswered.Where(plan.MaySendAgain).Concat(run.Unsent));
        }
        catch
        {
            rented.Dispose();
            throw;
        }

        return result;
    }

    private void RestAfter(RespOpenException fault)
    {
        if (fault.IsForGood && !_wasLetIn) _isGivenUp = true;
        Volatile.Write(ref _restsUntil, Stopwatch.GetTimestamp() + (long)(Rest.TotalSeconds * Stopwatch.Frequency));
    }
}
