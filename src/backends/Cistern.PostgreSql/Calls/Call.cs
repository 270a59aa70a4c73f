using System.Diagnostics;
using System.Transactions;
using Npgsql;

namespace Cistern;

/// <summary>One attempt at a call.</summary>
/// <param name="pool">Where its connection comes from.</param>
/// <param name="state">What the work needs.</param>
/// <param name="work">The work, over an open connection.</param>
internal sealed class Call<TState, TResult>(PoolGeneration pool, TState state, Func<NpgsqlConnection, TState, Task<TResult>> work)
{
    private long _connectedAt;

    public PoolGeneration Pool => pool;

    /// <summary>Whether it got as far as to have a connection: until then it ends as soon as it is told to, nothing has been sent, and it leaves nothing behind.</summary>
    public bool HasConnection => Volatile.Read(ref _connectedAt) != 0;

    /// <summary>How long it has had its connection.</summary>
    public TimeSpan Working => HasConnection ? Stopwatch.GetElapsedTime(_connectedAt) : TimeSpan.Zero;

    /// <summary>Runs it.</summary>
    /// <param name="end">Ends the wait for a connection, and nothing after that.</param>
    public async Task<TResult> RunAsync(CancellationToken end)
    {
        // A cache takes no part in its caller's transaction, which a pool of the application's would join.
        using var apart = Transaction.Current is null ? null : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        try
        {
            return await RunAsync(await ConnectAsync(end).ConfigureAwait(false), end).ConfigureAwait(false);
        }
        finally
        {
            pool.Tidy();
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken end)
    {
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(end, pool.Retirement);
        return await pool.Source.OpenConnectionAsync(connecting.Token).ConfigureAwait(false);
    }

    private async Task<TResult> RunAsync(NpgsqlConnection connection, CancellationToken end)
    {
        await using (connection.ConfigureAwait(false))
        {
            // It may come at the very end, when nobody waits for the work any more.
            end.ThrowIfCancellationRequested();
            Volatile.Write(ref _connectedAt, Stopwatch.GetTimestamp());
            return await work(connection, state).ConfigureAwait(false);
        }
    }
}
