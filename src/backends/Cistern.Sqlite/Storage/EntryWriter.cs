namespace Cistern;

/// <summary>
/// The one connection that writes, and everything about its transactions: the lock that lends it to one thread at a time, the queue of other
/// processes, the beginning and the end. Safe for concurrent use.
/// </summary>
internal sealed class EntryWriter : IDisposable
{
    // The file shrinks once more than this much of it is unused: less is soon used again, and moving pages costs more than it saves.
    private const int UnusedPagesToKeep = 64;
    private const int UnusedPartToKeep = 8;
    private const int RemovedRowsToLook = 32;
    private const int HitsToFollow = 1024;

    private readonly SqliteConnection _connection;
    private readonly SqliteBackendOptions _options;
    private readonly Func<long> _now;
    private readonly Action<WriteTransaction> _committed;
    private readonly EntryTable _table;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _pages;
    private readonly SqliteStatement _unusedPages;
    private readonly SqliteStatement _shrink;
    private long _removedRows;
    private bool _isClosed;

    /// <summary>Takes over a connection.</summary>
    /// <param name="connection">The connection, to a database whose tables are there.</param>
    /// <param name="options">Bounds, retention, and how long to wait for others.</param>
    /// <param name="now">The clock, in milliseconds since 1970.</param>
    /// <param name="committed">Told of each transaction that has happened; must not write.</param>
    public EntryWriter(SqliteConnection connection, SqliteBackendOptions options, Func<long> now, Action<WriteTransaction> committed)
    {
        _connection = connection;
        _options = options;
        _now = now;
        _committed = committed;
        _table = new EntryTable(connection);
        _begin = connection.Prepare("BEGIN IMMEDIATE"u8);
        _commit = connection.Prepare("COMMIT"u8);
        _rollback = connection.Prepare("ROLLBACK"u8);
        _pages = connection.Prepare("PRAGMA page_count"u8);
        _unusedPages = connection.Prepare("PRAGMA freelist_count"u8);
        _shrink = connection.Prepare("PRAGMA incremental_vacuum(256)"u8);
        Reads.Follow(_table.ReadTotals());
    }

    /// <summary>Held by whoever uses the connection.</summary>
    public Lock Gate { get; } = new();

    /// <summary>What was read since the last write.</summary>
    public RecentReads Reads { get; } = new();

    /// <summary>Does some work in one transaction, once no other process has one: whole, or not at all.</summary>
    /// <exception cref="ObjectDisposedException">The backend is closed.</exception>
    /// <exception cref="SqliteFaultException">Others were in the way for longer than the busy timeout; or what SQLite says.</exception>
    public TResult Write<TState, TResult>(TState state, Func<WriteTransaction, TState, TResult> work)
    {
        Enter();
        try { return InTransaction(state, work); }
        finally { Gate.Exit(); }
    }

    /// <summary>
    /// After a hit: learns from its reader where the database stands, if others have used many entries since, and now and then anyway. A process that only
    /// reads would never know what is recent.
    /// </summary>
    public void Follow(EntryReader reader, long accessed)
    {
        if (!_options.IsBounded || (++reader.Hits % HitsToFollow != 0 && !Reads.IsBehind(accessed))) return;
        try { Reads.Follow(reader.Totals()); }
        catch (SqliteFaultException)
        {
            // The lookup itself went well.
        }
    }

    /// <summary>After a hit, and after <see cref="Follow"/>: what it leaves behind. Its place in the order of use, later; and the end of a jump of the clock, at once.</summary>
    public void Notice(string key, in FoundValue found)
    {
        if (found.IsAheadOfTheClock || (_options.IsBounded && Reads.Note(key, found.Accessed))) TryWriteReads();
    }

    /// <summary>Gives all unused pages back to the file system, in steps between which others may write.</summary>
    public void ShrinkWhole()
    {
        while (Gate.TryEnter(_options.BusyTimeoutMilliseconds))
        {
            try
            {
                if (_isClosed) return;
                _connection.WaitAtMost(_options.BusyTimeoutMilliseconds);
                if (!Shrink()) return;
            }
            finally
            {
                Gate.Exit();
            }
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _isClosed = true;
            _connection.Dispose();
        }
    }

    // In a transaction of its own, if neither a thread nor a process is in the way: a lookup never waits for a write. What goes wrong with that is no
    // fault of the lookup's; what was read stays noted, and is written with a later write.
    private void TryWriteReads()
    {
        if (!Gate.TryEnter()) return;
        try
        {
            if (_isClosed) return;
            _connection.WaitAtMost(0);
            InTransaction(0, static (_, _) => 0);
        }
        catch (SqliteFaultException)
        {
        }
        finally
        {
            Gate.Exit();
        }
    }

    // One wait for both queues: that of this process's threads, then that of the other processes.
    private void Enter()
    {
        var left = _options.BusyTimeoutMilliseconds;
        if (!Gate.TryEnter())
        {
            var deadline = new Deadline(left);
            if (!Gate.TryEnter(left)) throw new SqliteFaultException("database is locked by other writes of this process", SqliteResult.Busy);
            left = deadline.MillisecondsLeft;
        }

        if (_isClosed)
        {
            Gate.Exit();
            throw new ObjectDisposedException(nameof(SqliteBackend));
        }

        _connection.WaitAtMost(left);
    }

    private TResult InTransaction<TState, TResult>(TState state, Func<WriteTransaction, TState, TResult> work)
    {
        // A write lock from the start: a transaction that reads first and writes then may find that another process was in between.
        _begin.Run();
        WriteTransaction transaction;
        TResult result;
        try
        {
            transaction = new WriteTransaction(_table, _options, _now());
            transaction.FollowTheClock();
            if (_options.IsBounded) transaction.MarkUsed(Reads.Take());
            transaction.Sweep();
            result = work(transaction, state);
            transaction.Settle();
            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }

        Reads.Follow(transaction.Totals);
        _committed(transaction);
        ShrinkAfter(transaction);
        return result;
    }

    // SQLite has rolled back by itself after some faults. What goes wrong here went wrong before, and is being thrown.
    private void RollBack()
    {
        try { if (!_connection.IsAutoCommit) _rollback.Run(); }
        catch (SqliteFaultException)
        {
        }
    }

    private void ShrinkAfter(WriteTransaction transaction)
    {
        _removedRows += transaction.RemovedRows;
        if (_removedRows < RemovedRowsToLook) return;

        // The write is done: its caller waits for nobody any more.
        _connection.WaitAtMost(0);
        _removedRows = 0;
        Shrink();
    }

    private bool Shrink()
    {
        // The write itself is done and stays: a file that cannot shrink now, or say whether it should, shrinks later.
        try
        {
            var unused = Count(_unusedPages);
            if (unused <= UnusedPagesToKeep + Count(_pages) / UnusedPartToKeep) return false;
            _shrink.Run();
            return Count(_unusedPages) < unused;
        }
        catch (SqliteFaultException)
        {
            return false;
        }
    }

    private static long Count(SqliteStatement statement)
    {
        var count = statement.Step() ? statement.Number(0) : 0;
        statement.Reset();
        return count;
    }
}
