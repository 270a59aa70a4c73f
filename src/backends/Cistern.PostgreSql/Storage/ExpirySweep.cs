namespace Cistern;

/// <summary>
/// Removes expired rows, some at a time, beside the writes: the first write after an interval starts a sweep, and waits for nothing. So whoever only reads needs no right to delete, and
/// a cache that nobody writes to grows no further.
/// </summary>
internal sealed class ExpirySweep(Database database, EntryStatements statements, long intervalMilliseconds, Func<long> clock) : IDisposable
{
    /// <summary>The most rows that one statement removes: few enough to hold nobody up.</summary>
    public const int PageRows = 1_000;

    private readonly CancellationTokenSource _end = new();
    private long _nextAt;
    private int _isRunning;

    /// <summary>Starts a sweep beside the caller if it is time.</summary>
    public void StartIfDue()
    {
        var now = clock();
        if (now < Interlocked.Read(ref _nextAt) && now >= Interlocked.Read(ref _nextAt) - intervalMilliseconds) return;
        if (Interlocked.Exchange(ref _isRunning, 1) != 0) return;
        Interlocked.Exchange(ref _nextAt, now + intervalMilliseconds);
        _ = RunAsync();
    }

    /// <summary>Removes at most one page of what is expired by this clock; returns how many rows.</summary>
    public Task<int> SweepPageAsync(CancellationToken cancellationToken) => database.WriteAsync(
        (statements, Now: clock()),
        static async (connection, call) =>
        {
            var command = connection.Command(call.statements.Sweep);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Number(call.Now).Number(PageRows);
                return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        },
        cancellationToken);

    public void Dispose() => _end.Cancel();

    private async Task RunAsync()
    {
        try
        {
            while (await SweepPageAsync(_end.Token).ConfigureAwait(false) == PageRows)
            {
            }
        }
        catch (Exception fault) when (ServerFaults.IsFault(fault) || fault is OperationCanceledException or ObjectDisposedException)
        {
            // What is expired is a miss, swept or not. The next sweep is on its way.
        }
        finally
        {
            Interlocked.Exchange(ref _isRunning, 0);
        }
    }
}
