using System.Collections.Concurrent;

namespace Cistern;

/// <summary>
/// One flight per missing key: the first caller leads it, those who miss the same key meanwhile join it. A flight ends by its result, by
/// its timeout or by dispose; a caller that is cancelled only stops waiting.
/// </summary>
/// <remarks>
/// A caller may miss in the backend just before a flight stores the key, and come here just after that flight has left the table. It must
/// not read the source again, so every ended flight raises the number of its key's stripe before it leaves: a caller who finds
/// another number than before its lookup looks into the backend once more.
/// </remarks>
internal sealed class KeyFlights(TimeSpan? timeout, TimeProvider clock) : IDisposable
{
    private const int Stripes = 256;

    private readonly ConcurrentDictionary<string, Flight> _flights = new();
    private readonly long[] _landings = new long[Stripes];
    private volatile bool _disposed;

    /// <summary>The number to take before the lookup, and to give to <see cref="JoinOrLead"/> after it.</summary>
    public long Landings(string key) => Volatile.Read(ref _landings[Stripe(key)]);

    /// <summary>Joins the flight of a key, or leads a new one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="landings">What <see cref="Landings"/> said before the lookup.</param>
    /// <param name="load">Loads the key; told whether the backend must be looked into again.</param>
    public Task<CacheLookup> JoinOrLead(string key, long landings, Func<bool, CancellationToken, ValueTask<CacheLookup>> load)
    {
        var flight = new Flight();
        var current = _flights.GetOrAdd(key, flight);
        if (!ReferenceEquals(current, flight)) return current.Landed.Task;
        if (_disposed) flight.Cancellation.Cancel();
        _ = FlyAsync(key, flight, Landings(key) != landings, load);
        return flight.Landed.Task;
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var flight in _flights.Values) flight.Cancellation.Cancel();
    }

    private static int Stripe(string key) => key.GetHashCode() & (Stripes - 1);

    private async Task FlyAsync(string key, Flight flight, bool lookAgain, Func<bool, CancellationToken, ValueTask<CacheLookup>> load)
    {
        try
        {
            var token = flight.Cancellation.Token;
            var loading = load(lookAgain, token);
            if (!loading.IsCompleted && timeout is { } limit) flight.Timer = clock.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), flight.Cancellation, limit, Timeout.InfiniteTimeSpan);

            // Also ends the flight of a source that ignores its token.
            var result = loading.IsCompleted ? await loading.ConfigureAwait(false) : await loading.AsTask().WaitAsync(token).ConfigureAwait(false);
            Leave(key, flight);
            flight.Landed.SetResult(result);
        }
        catch (Exception error)
        {
            Leave(key, flight);
            flight.Landed.SetException(Explain(error, flight));

            // Whoever led may have stopped waiting: nobody else would observe it.
            _ = flight.Landed.Task.Exception;
        }
        finally
        {
            if (flight.Timer is { } timer) await timer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Exception Explain(Exception error, Flight flight)
    {
        if (error is not OperationCanceledException || !flight.Cancellation.IsCancellationRequested) return error;
        return _disposed
            ? new ObjectDisposedException(nameof(BackfillingCache))
            : new CacheSourceException($"The source did not answer within {timeout}.", new TimeoutException());
    }

    private void Leave(string key, Flight flight)
    {
        Interlocked.Increment(ref _landings[Stripe(key)]);
        _flights.TryRemove(KeyValuePair.Create(key, flight));
    }

    private sealed class Flight
    {
        public TaskCompletionSource<CacheLookup> Landed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Never disposed: it has no timer of its own, and dispose may still reach it.
        public CancellationTokenSource Cancellation { get; } = new();

        public ITimer? Timer { get; set; }
    }
}
