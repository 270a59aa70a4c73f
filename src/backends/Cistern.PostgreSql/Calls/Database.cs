using Npgsql;

namespace Cistern;

/// <summary>
/// Runs calls over connections of a pool, each within its time. Npgsql gets no say in that time: to end a call, it asks the server to cancel and waits until the server has
/// heard, which one that hangs never has. So a call that is out of time, or cancelled, is left behind with its connection, and its caller goes on; the server ends the
/// statement by its own timeout, if it can. Whatever is sent must therefore belong to the call, and not to the caller.
/// </summary>
internal sealed class Database(ConnectionPool pool, TimeSpan timeout) : IDisposable
{
    private const int MostAttempts = 5;

    /// <summary>The longest that one part of a call takes on the server.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Runs a call that only reads. One that met a connection that was dead already is tried once more.</summary>
    /// <param name="state">What the work needs.</param>
    /// <param name="work">The work, over an open connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<TResult> ReadAsync<TState, TResult>(TState state, Func<NpgsqlConnection, TState, Task<TResult>> work, CancellationToken cancellationToken) =>
        RunAsync(state, work, isRead: true, parts: 1, cancellationToken);

    /// <summary>Runs a call that writes, in one transaction. One that lost a conflict with another one is tried again; whether one happened that lost its connection is unknown.</summary>
    /// <param name="state">What the work needs.</param>
    /// <param name="work">The work, over an open connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="parts">How many times the timeout it may take.</param>
    public Task<TResult> WriteAsync<TState, TResult>(TState state, Func<NpgsqlConnection, TState, Task<TResult>> work, CancellationToken cancellationToken, long parts = 1) =>
        RunAsync(state, work, isRead: false, parts, cancellationToken);

    public void Dispose() => pool.Dispose();

    private async Task<TResult> RunAsync<TState, TResult>(TState state, Func<NpgsqlConnection, TState, Task<TResult>> work, bool isRead, long parts, CancellationToken cancellationToken)
    {
        var patience = ConnectionSettings.Patience(timeout * parts);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(patience);
        for (var attempt = 1; ;)
        {
            var call = new Call<TState, TResult>(pool.Current, state, work);
            var running = call.RunAsync(end.Token);
            try
            {
                return await running.WaitAsync(end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException ended) when (end.IsCancellationRequested)
            {
                _ = LeaveBehindAsync(call, running, patience);
                cancellationToken.ThrowIfCancellationRequested();
                throw new TimeoutException($"{(call.HasConnection ? "no answer" : "no connection was free, or could be opened,")} within {(timeout * parts).TotalSeconds:0.###} s", ended);
            }
            catch (Exception) when (!call.HasConnection && call.Pool.IsRetired)
            {
                // Nothing has been sent. There is a fresh pool, or none any more, which it says itself.
            }
            catch (NpgsqlException fault) when (!call.HasConnection && call.Pool.IsOwned && fault.InnerException is TimeoutException)
            {
                // Npgsql waits for a connection no longer than a small call; nothing has been sent, and a large batch has the time to go on waiting.
            }
            catch (Exception fault) when (attempt < MostAttempts && ServerFaults.IsConflict(fault))
            {
                // The transaction is rolled back: nothing happened.
                attempt++;
            }
            catch (Exception fault) when (isRead && attempt == 1 && ServerFaults.IsLostConnection(fault))
            {
                // As a rule the server was restarted since; a connection that fails so takes the idle ones of its pool along.
                attempt++;
            }
        }
    }

    // The server has the whole patience from when the call got its connection, however long that took, and however early the caller gave up: only who does not answer in that time hangs.
    private async Task LeaveBehindAsync<TState, TResult>(Call<TState, TResult> call, Task running, TimeSpan patience)
    {
        try
        {
            if (call.HasConnection) await running.WaitAsync(call.Working < patience ? patience - call.Working : TimeSpan.Zero).ConfigureAwait(false);
            else await running.ConfigureAwait(false);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            pool.Retire(call.Pool);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception fault) when (ServerFaults.IsFault(fault) || fault is OperationCanceledException or InvalidOperationException)
        {
            // Nobody waits for it.
        }
    }
}
