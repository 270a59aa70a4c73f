namespace Cistern;

/// <summary>
/// Looks once a second whether a mark is still in the table: where it is missing or another one, the entries beside it are lost, too. A mark is a row that no key has, under an empty hash,
/// without a value: listings, clears, counts and sweeps pass over it. It is as durable as the entries are, for it lies where they do.
/// </summary>
internal sealed class EmptyWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly EntryStatements _statements;
    private readonly Func<long> _clock;
    private readonly Action _tell;
    private readonly CancellationTokenSource _end = new();
    private byte[]? _mark;

    /// <summary>Begins to look.</summary>
    /// <param name="database">The database.</param>
    /// <param name="statements">The statements over its table.</param>
    /// <param name="clock">Now, in milliseconds since 1970.</param>
    /// <param name="tell">Told of a loss. Must not throw.</param>
    public EmptyWatch(Database database, EntryStatements statements, Func<long> clock, Action tell)
    {
        _database = database;
        _statements = statements;
        _clock = clock;
        _tell = tell;
        _ = WatchAsync();
    }

    public void Dispose() => _end.Cancel();

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        try
        {
            do
            {
                await LookAsync().ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false));
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The backend is disposed.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var found = await FindAsync().ConfigureAwait(false);
            if (_mark is { } before && (found is null || !found.AsSpan().SequenceEqual(before)))
            {
                // Forgotten before it is told: who may not put a new mark there tells once, too.
                _mark = found;
                _tell();
            }

            if (found is null)
            {
                await PutAsync().ConfigureAwait(false);
                found = await FindAsync().ConfigureAwait(false);
            }

            _mark = found;
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not ObjectDisposedException)
        {
            // Not there now: whether it comes back empty shows the next time. Or there is no right to put a mark, and somebody else's is looked for.
        }
    }

    private Task<byte[]?> FindAsync() => _database.ReadAsync(
        _statements,
        static async (connection, statements) =>
        {
            var command = connection.Command(statements.Mark);
            await using (command.ConfigureAwait(false)) return await command.FirstAsync<byte[]>().ConfigureAwait(false);
        },
        _end.Token);

    private Task<int> PutAsync() => _database.WriteAsync(
        (_statements, Now: _clock()),
        static async (connection, call) =>
        {
            var command = connection.Command(call._statements.PutMark);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Bytes(Guid.NewGuid().ToByteArray()).Number(call.Now);
                return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        },
        _end.Token);
}
