using System.Collections.Concurrent;

namespace Cistern;

/// <summary>
/// One flight per missing key: the first caller leads it, those who miss the same key meanwhile join it. A flight ends by its result, by
/// the timeout of its load or by dispose; a caller that is cancelled only stops waiting.
/// </summary>
/// <remarks>
/// A caller may miss in the backend just before a flight stores the key, and come here just after that flight has left the table. It must
/// not read the source again. So flights are numbered as they land, and the latest keys that landed are kept in a ring: a caller that took
/// the number before its lookup sees whether its key landed since, and then looks into the backend once more.
/// </remarks>
internal sealed class KeyFlights(TimeSpan? timeout, TimeProvider clock) : IDisposable
{
    private const int RingSize = 256;

    private readonly ConcurrentDictionary<string, Flight> _flights = new();
    private readonly string?[] _landed = new string?[RingSize];
    private readonly Lock _landing = new();
    private long _landings;
    private volatile bool _disposed;

    /// <summary>How many flights have landed. To be taken before a lookup, and given to <see cref="JoinOrLead"/> after it.</summary>
    public long Landings => Volatile.Read(ref _landings);

    /// <summary>Joins the flight of a key, or leads a new one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="landings"><see cref="Landings"/> before the lookup.</param>
    /// <param name="first">What a new flight waits for before it loads, and what does not count towards its time, as it ends by its own; null: nothing.</param>
    /// <param name="load">Loads the key; told whether the backend must be looked into again.</param>
    public Task<CacheLookup> JoinOrLead(string key, long landings, Task? first, Func<bool, CancellationToken, ValueTask<CacheLookup>> load)
    {
        var flight = new Flight();
        var current = _flights.GetOrAdd(key, flight);
        if (!ReferenceEquals(current, flight)) return current.Landed.Task;
        if (_disposed) flight.Cancellation.Cancel();
        _ = FlyAsync(key, flight, HasLandedSince(landings, key), first, load);
        return flight.Landed.Task;
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var flight in _flights.Values) flight.Cancellation.Cancel();
    }

    private bool HasLandedSince(long landings, string key)
    {
        if (Landings == landings) return false;
        lock (_landing)
        {
            if (_landings - landings > RingSize) return true;
            for (var i = landings; i < _landings; i++)
            {
                if (_landed[i % RingSize] == key) return true;
            }

            return false;
        }
    }

    private async Task FlyAsync(string key, Flight flight, bool lookAgain, Task? first, Func<bool, CancellationToken, ValueTask<CacheLookup>> load)
    {
        try
        {
            var token = flight.Cancellation.Token;
            if (first is { IsCompleted: false }) await first.WaitAsync(token).ConfigureAwait(false);
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
        lock (_landing)
        {
            _landed[_landings % RingSize] = key;
            Volatile.Write(ref _landings, _landings + 1);
        }

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
