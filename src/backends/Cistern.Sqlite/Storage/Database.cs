using System.Text;

namespace Cistern;

/// <summary>A database that is open: its file is there, its tables are ours, and every connection to it is set up alike.</summary>
internal sealed class Database
{
    private const int RetryMilliseconds = 10;

    private readonly string? _path;
    private readonly SqliteBackendOptions _options;

    private Database(string? path, SqliteBackendOptions options, SqliteConnection connection)
    {
        _path = path;
        _options = options;
        Connection = connection;
    }

    /// <summary>The first connection: the one that writes, if any may.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Opens a database, and makes or takes over its tables.</summary>
    /// <param name="path">An absolute path, or null for a new database in memory.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <exception cref="SqliteFaultException">It cannot be opened, or is not ours.</exception>
    /// <exception cref="IOException">Its file cannot be created.</exception>
    public static Database Open(string? path, SqliteBackendOptions options, long now)
    {
        if (path is not null && !options.IsReadOnly) DatabaseFile.CreateIfAbsent(path);
        var connection = SqliteConnection.Open(path, options.IsReadOnly, options.BusyTimeoutMilliseconds);
        try
        {
            // Some steps of making a database do not wait for each other in SQLite itself.
            var deadline = new Deadline(options.BusyTimeoutMilliseconds);
            while (!TryPrepare(connection, path, options, now, deadline)) _ = SqliteLibrary.Sleep(RetryMilliseconds);
            connection.WaitAtMost(options.BusyTimeoutMilliseconds);
            return new Database(path, options, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens one more connection, to look entries up.</summary>
    public EntryReader OpenReader()
    {
        var connection = SqliteConnection.Open(_path, _options.IsReadOnly, _options.BusyTimeoutMilliseconds);
        try
        {
            Configure(connection, _options);

            // Whoever may write has made the tables. Where one may only read, another process may make them, or take them over, at any moment.
            var kind = _options.IsReadOnly ? Schema.Recognize(connection) : DatabaseKind.Current;
            if (kind != DatabaseKind.Current) Schema.ShowAsCurrent(connection, kind);
            return new EntryReader(connection, isReusable: kind == DatabaseKind.Current);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool TryPrepare(SqliteConnection connection, string? path, SqliteBackendOptions options, long now, Deadline deadline)
    {
        // Each try only for what the ones before have left, as a try that was locked out has waited in SQLite already.
        connection.WaitAtMost(deadline.MillisecondsLeft);
        try
        {
            Configure(connection, options);
            var kind = Schema.Recognize(connection);
            if (!options.IsReadOnly) PrepareToWrite(connection, kind, path, options, now, deadline);
            return true;
        }
        catch (SqliteFaultException fault) when (SqliteResult.IsTransient(fault.ResultCode) && deadline.MillisecondsLeft > 0)
        {
            return false;
        }
    }

    private static void PrepareToWrite(SqliteConnection connection, DatabaseKind kind, string? path, SqliteBackendOptions options, long now, Deadline deadline)
    {
        if (kind != DatabaseKind.Current) Schema.Bring(connection, kind, now);
        Schema.LetShrink(connection);
        connection.WaitAtMost(deadline.MillisecondsLeft);
        if (path is not null && connection.Texts("PRAGMA journal_mode = WAL"u8) is not ["wal"]) throw new SqliteFaultException("its file system cannot share a write-ahead log");
        if (options.IsBounded) Schema.OrderByAccess(connection);
    }

    // A database from elsewhere gets no trust: its schema may call nothing, and a damaged page is noticed when it is read.
    private static void Configure(SqliteConnection connection, SqliteBackendOptions options)
    {
        const int CacheKilobytes = 16 * 1024;

        // A page that several transactions change goes into the file once: with the 1000 pages that SQLite begins with, a batch of 1000 keys in no
        // order fills the log, and every commit waits for the file.
        const int LogPages = 4096;
        const int LogBytes = LogPages * 4 * 1024;
        connection.Execute("PRAGMA trusted_schema = OFF"u8);
        connection.Execute("PRAGMA cell_size_check = ON"u8);
        connection.Execute(Encoding.UTF8.GetBytes($"PRAGMA cache_size = -{CacheKilobytes}"));
        connection.Execute(Encoding.UTF8.GetBytes($"PRAGMA wal_autocheckpoint = {LogPages}"));
        connection.Execute(Encoding.UTF8.GetBytes($"PRAGMA journal_size_limit = {LogBytes}"));
        connection.Execute(options.Durability == SqliteDurability.Full ? "PRAGMA synchronous = FULL"u8 : "PRAGMA synchronous = NORMAL"u8);
    }
}
