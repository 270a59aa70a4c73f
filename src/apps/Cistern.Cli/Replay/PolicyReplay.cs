using System.Buffers;

namespace Cistern.Cli;

/// <summary>
/// Replays a log through an in-memory backend as a cache-aside program would have used it: each request is a lookup, and a miss sets the key with
/// a value of its size. One use.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="policy">How the backend evicts.</param>
/// <param name="bound">Its bound.</param>
internal sealed class PolicyReplay(ReplayLog log, EvictionMode policy, ReplayBound bound) : IDisposable
{
    private const int Stride = 4096;

    private static readonly ReadOnlySpanAction<byte, int> Ignore = static (_, _) => { };

    private readonly InMemoryBackend _backend = new(bound.ToOptions(policy));
    private long _hits;
    private long _hitBytes;
    private long _tooLarge;

    /// <summary>Runs it.</summary>
    /// <param name="progress">Told how many requests were replayed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<ReplayResult> RunAsync(ReplayProgress progress, CancellationToken cancellationToken)
    {
        var peak = 0L;
        var stats = await _backend.GetStatsAsync(cancellationToken).ConfigureAwait(false);
        for (var from = 0; from < log.Requests.Length; from += Stride)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var to = Math.Min(log.Requests.Length, from + Stride);
            Replay(from, to);
            stats = await _backend.GetStatsAsync(cancellationToken).ConfigureAwait(false);
            peak = Math.Max(peak, stats.MemoryBytes ?? 0);
            progress.ReportDone(to - from);
        }

        return new ReplayResult
        {
            Policy = EvictionModeText.Format(policy),
            Bound = bound,
            Requests = log.Requests.Length,
            Hits = _hits,
            RequestedBytes = log.RequestedBytes,
            HitBytes = log.HasSizes ? _hitBytes : null,
            TooLarge = _tooLarge,
            Stats = stats,
            PeakMemoryBytes = peak,
        };
    }

    public void Dispose() => _backend.Dispose();

    private void Replay(int from, int to)
    {
        var keys = log.Keys;
        var requests = log.Requests;
        for (var i = from; i < to; i++)
        {
            var key = keys[requests[i]];
            var size = log.SizeOf(i);
            if (_backend.TryRead(key, 0, Ignore))
            {
                _hits++;
                _hitBytes += size;
            }
            else if (_backend.Set(key, log.Value[..size]) == SetOutcome.TooLarge)
            {
                _tooLarge++;
            }
        }
    }
}
