namespace Cistern;

/// <summary>The one connection that writes, and the lock that lends it to one thread at a time. Other processes wait in SQLite's own queue.</summary>
internal sealed class EntryWriter : IDisposable
{
    // The file shrinks once more than this much of it is unused: less is soon used again, and moving pages costs more than it saves.
    private const int UnusedPagesToKeep = 64;
    private const int UnusedPartToKeep = 8;
    private const int RemovedRowsToLook = 32;

    private readonly SqliteConnection _connection;
    private readonly SqliteBackendOptions _options;
    private readonly Func<long> _now;
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
    /// <param name="options">Bounds and retention.</param>
    /// <param name="now">The clock, in milliseconds since 1970.</param>
    public EntryWriter(SqliteConnection connection, SqliteBackendOptions options, Func<long> now)
    {
        _connection = connection;
        _options = options;
        _now = now;
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

    /// <summary>Takes the connection and begins a transaction, once no other process has one.</summary>
    /// <exception cref="ObjectDisposedException">The backend is closed.</exception>
    public WriteTransaction Begin()
    {
        Gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteBackend));

            // A write lock from the start: a transaction that reads first and writes then may find that another process was in between.
            _begin.Run();
            return new WriteTransaction(this, _table, _options, _now());
        }
        catch
        {
            End(commit: false);
            throw;
        }
    }

    /// <summary>Makes a transaction's changes stay.</summary>
    public void Commit(WriteTransaction transaction)
    {
        _commit.Run();
        Reads.Follow(transaction.Totals);
        _removedRows += transaction.RemovedRows;
        if (_removedRows < RemovedRowsToLook) return;
        _removedRows = 0;
        Shrink();
    }

    /// <summary>Gives the connection back, and takes back what was not committed.</summary>
    public void End(bool commit)
    {
        // SQLite has rolled back by itself after some faults. What goes wrong here went wrong before, and was thrown.
        try { if (!commit && !_isClosed && !_connection.IsAutoCommit) _rollback.Run(); }
        catch (SqliteFaultException) { }
        finally { Gate.Exit(); }
    }

    /// <summary>Gives all unused pages back to the file system, in steps between which others may write.</summary>
    public void ShrinkWhole()
    {
        while (true)
        {
            lock (Gate)
            {
                if (_isClosed || !Shrink()) return;
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

    private bool Shrink()
    {
        var unused = Count(_unusedPages);
        if (unused <= UnusedPagesToKeep + Count(_pages) / UnusedPartToKeep) return false;

        // The write itself is done and stays: a file that cannot shrink now shrinks later.
        try { _shrink.Run(); }
        catch (SqliteFaultException) { return false; }
        return Count(_unusedPages) < unused;
    }

    private static long Count(SqliteStatement statement)
    {
        var count = statement.Step() ? statement.Number(0) : 0;
        statement.Reset();
        return count;
    }
}
