namespace Cistern.Cli;

/// <summary>
/// The most hits that any eviction could have of a log, knowing what comes: of all keys that are held, and the one that comes, the one goes that is asked for
/// again the latest (Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal, 1966). What comes may go at
/// once, as policies that admit not everything do: without that, one of them could have more hits. Takes O(n log c) for n requests and a
/// capacity of c. Immutable, safe for concurrent use.
/// </summary>
internal sealed class OptimalReplay
{
    private const int Stride = 4096;
    private const int Never = int.MaxValue;
    private const int NotHeld = -1;

    private readonly ReplayLog _log;
    private readonly int[] _nextUses;

    /// <param name="log">The log.</param>
    public OptimalReplay(ReplayLog log)
    {
        _log = log;
        var requests = log.Requests;
        var following = new int[log.Keys.Length];
        Array.Fill(following, Never);
        _nextUses = new int[requests.Length];
        for (var i = requests.Length - 1; i >= 0; i--)
        {
            _nextUses[i] = following[requests[i]];
            following[requests[i]] = i;
        }
    }

    /// <summary>Runs it.</summary>
    /// <param name="bound">How many entries there is room for.</param>
    /// <param name="progress">Told how many requests were replayed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public ReplayResult Run(ReplayBound bound, ReplayProgress progress, CancellationToken cancellationToken)
    {
        var requests = _log.Requests;
        var uses = new int[_log.Keys.Length];
        Array.Fill(uses, NotHeld);
        var latest = new PriorityQueue<int, int>();
        var (hits, held) = (0L, 0L);
        for (var i = 0; i < requests.Length; i++)
        {
            if (i % Stride == 0) Report(Math.Min(Stride, requests.Length - i), progress, cancellationToken);
            ref var use = ref uses[requests[i]];
            if (use == i)
            {
                hits++;
                held--;
                use = NotHeld;
            }

            // What is not asked for again would be the first to go.
            if (_nextUses[i] == Never) continue;
            use = _nextUses[i];
            held++;
            latest.Enqueue(requests[i], -use);
            if (held > bound.Amount)
            {
                uses[DequeueHeld(latest, uses)] = NotHeld;
                held--;
            }

            // Uses that were hits stay behind in the queue: without this it would grow with the log.
            if (latest.Count > Stride + (2 * held)) latest = new PriorityQueue<int, int>(latest.UnorderedItems.Where(item => uses[item.Element] == -item.Priority));
        }

        return new ReplayResult { Policy = ReplayResult.Optimum, Bound = bound, Requests = requests.Length, Hits = hits, RequestedBytes = _log.RequestedBytes };
    }

    private static int DequeueHeld(PriorityQueue<int, int> latest, int[] uses)
    {
        while (latest.TryDequeue(out var key, out var priority))
        {
            if (uses[key] == -priority) return key;
        }

        throw new InvalidOperationException("More is held than was put into the queue.");
    }

    private static void Report(int requests, ReplayProgress progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        progress.ReportDone(requests);
    }
}
