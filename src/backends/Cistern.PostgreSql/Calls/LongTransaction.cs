using Npgsql;

namespace Cistern;

/// <summary>Work that may take longer on the server than a small call, whose timeout its connection has.</summary>
internal static class LongTransaction
{
    /// <summary>Of how many entries a batch consists that has the timeout of a small call.</summary>
    public const int PartEntries = 10_000;

    /// <summary>Of how many bytes.</summary>
    public const long PartBytes = 16L * 1024 * 1024;

    /// <summary>How many times the timeout a batch has.</summary>
    public static long PartsOf(int entries, long bytes) => 1 + entries / PartEntries + bytes / PartBytes;

    /// <summary>Does work in a transaction of its own, and commits it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="limit">The longest that a statement may take.</param>
    /// <param name="state">What the work needs.</param>
    /// <param name="work">The work.</param>
    public static async Task<TResult> RunAsync<TState, TResult>(NpgsqlConnection connection, TimeSpan limit, TState state, Func<NpgsqlConnection, TState, Task<TResult>> work)
    {
        var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await connection.ExecuteAsync($"SET LOCAL statement_timeout = {(long)Math.Ceiling(Math.Min(int.MaxValue, limit.TotalMilliseconds))}").ConfigureAwait(false);
            var result = await work(connection, state).ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
            return result;
        }
    }
}
