using System.Transactions;
using Npgsql;

namespace Cistern;

/// <summary>One attempt at a call.</summary>
/// <param name="source">Where its connection comes from.</param>
/// <param name="state">What the work needs.</param>
/// <param name="work">The work, over an open connection.</param>
internal sealed class Call<TState, TResult>(NpgsqlDataSource source, TState state, Func<NpgsqlConnection, TState, Task<TResult>> work)
{
    private volatile bool _hasConnection;

    public NpgsqlDataSource Source => source;

    /// <summary>Whether it got as far as to have a connection: until then it ends as soon as it is told to, and leaves nothing behind.</summary>
    public bool HasConnection => _hasConnection;

    /// <summary>Runs it.</summary>
    /// <param name="connecting">Ends the wait for a connection, and nothing after that.</param>
    public async Task<TResult> RunAsync(CancellationToken connecting)
    {
        // A cache takes no part in its caller's transaction, which a pool of the application's would join.
        using var apart = Transaction.Current is null ? null : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        var connection = await source.OpenConnectionAsync(connecting).ConfigureAwait(false);
        _hasConnection = true;
        await using (connection.ConfigureAwait(false))
        {
            return await work(connection, state).ConfigureAwait(false);
        }
    }
}
