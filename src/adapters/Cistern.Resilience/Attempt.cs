using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Cistern;

/// <summary>One try of a call: it ends with its token also where the backend takes no notice of that.</summary>
internal static class Attempt
{
    /// <summary>A call that may be made again even while this one is still under way.</summary>
    public static async ValueTask<T> RepeatableAsync<T>(ValueTask<T> call, CancellationToken attempt) =>
        call.IsCompleted ? await call.ConfigureAwait(false) : await EndWithAsync(call.AsTask(), attempt).ConfigureAwait(false);

    /// <summary>
    /// A call that must not be made again once its time was up, here or in the backend itself: it may still be under way, and could land on top of what
    /// the second call, or the caller after it, has written. So it fails with what no retry handles.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="attempt">Ends the try: by its timeout, or because the caller cancelled.</param>
    /// <param name="caller">The caller's own token.</param>
    public static async ValueTask<T> UnrepeatableAsync<T>(ValueTask<T> call, CancellationToken attempt, CancellationToken caller)
    {
        try
        {
            return await RepeatableAsync(call, attempt).ConfigureAwait(false);
        }
        catch (OperationCanceledException ended) when (attempt.IsCancellationRequested && !caller.IsCancellationRequested)
        {
            throw TimeWasUp(ended);
        }
        catch (CacheBackendException fault) when (IsTimeout(fault.InnerException))
        {
            throw TimeWasUp(fault);
        }
    }

    /// <summary>
    /// A set that may come to its turn after the instant at which what it stores would end, as other tries came before: then it was too slow. The backend
    /// takes it for bad input, which it was not when the caller gave it.
    /// </summary>
    public static async ValueTask<T> BeforeItsEndAsync<T>(ValueTask<T> set, IReadOnlyList<SetRequest> requests, TimeProvider clock)
    {
        try
        {
            return await set.ConfigureAwait(false);
        }
        catch (ArgumentOutOfRangeException late) when (requests.Any(request => request.Options?.AbsoluteExpiration <= clock.GetUtcNow()))
        {
            throw new TimeoutException("an entry's absolute expiration passed before it could be stored.", late);
        }
    }

    /// <summary>Waits until a task is done or a token is cancelled; the task is then left to itself, and its fault observed.</summary>
    public static async Task<T> EndWithAsync<T>(Task<T> task, CancellationToken attempt)
    {
        try
        {
            return await task.WaitAsync(attempt).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!task.IsCompleted)
        {
            _ = ObserveAsync(task);
            throw;
        }
    }

    // A driver's own timeout, or that of a wrapper inside. An open breaker tells what opened it, and has made no call.
    private static bool IsTimeout(Exception? cause) => cause switch
    {
        null or BrokenCircuitException => false,
        TimeoutException or OperationCanceledException or TimeoutRejectedException => true,
        _ => IsTimeout(cause.InnerException),
    };

    private static TimeoutException TimeWasUp(Exception cause) => new("no answer in time; whether it happened is unknown.", cause);

    private static async Task ObserveAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
