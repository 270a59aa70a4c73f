using System.Runtime.InteropServices;
using System.Text;

namespace Cistern;

/// <summary>
/// One connection to a database. Opened without SQLite's own mutex: used by one thread at a time, which whoever holds it sees to.
/// </summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private readonly List<SqliteStatement> _statements = [];
    private nint _handle;
    private int _waitMilliseconds;

    private SqliteConnection(nint handle) => _handle = handle;

    /// <summary>Whether no transaction is open.</summary>
    public bool IsAutoCommit => SqliteLibrary.IsAutoCommit(_handle) != 0;

    /// <summary>Opens a database that exists; never creates one, and reads no URI.</summary>
    /// <param name="path">An absolute path, or null for a new database in memory.</param>
    /// <param name="isReadOnly">Whether it may only be read.</param>
    /// <param name="busyTimeoutMilliseconds">How long a call waits for others' locks.</param>
    /// <exception cref="SqliteFaultException">It cannot be opened.</exception>
    public static SqliteConnection Open(string? path, bool isReadOnly, int busyTimeoutMilliseconds)
    {
        SqliteLibrary.EnsureLoaded();
        var flags = SqliteLibrary.OpenNoMutex | (path is null ? SqliteLibrary.OpenMemory : 0) | (isReadOnly ? SqliteLibrary.OpenReadOnly : SqliteLibrary.OpenReadWrite);
        nint handle;
        int code;
        fixed (byte* name = Encoding.UTF8.GetBytes((path ?? ":memory:") + '\0')) code = SqliteLibrary.Open(name, &handle, flags, null);
        var connection = new SqliteConnection(handle);
        if (code == SqliteResult.Ok)
        {
            _ = SqliteLibrary.UseExtendedCodes(handle, 1);
            connection.WaitAtMost(busyTimeoutMilliseconds);
            return connection;
        }

        using (connection) throw handle == 0 ? new SqliteFaultException("out of memory", code) : connection.Fault(code);
    }

    /// <summary>Sets how long a call waits for others' locks from now on, in milliseconds; 0: not at all.</summary>
    public void WaitAtMost(int milliseconds)
    {
        if (_waitMilliseconds == milliseconds) return;
        _ = SqliteLibrary.SetBusyTimeout(_handle, milliseconds);
        _waitMilliseconds = milliseconds;
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Prepare(ReadOnlySpan<byte> sql)
    {
        const uint Persistent = 1;
        nint handle;
        fixed (byte* text = sql) Check(SqliteLibrary.Prepare(_handle, text, sql.Length, Persistent, &handle, null));
        var statement = new SqliteStatement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs one statement, whatever rows it gives.</summary>
    public void Execute(ReadOnlySpan<byte> sql)
    {
        using var statement = PrepareOnce(sql);
        while (statement.Step())
        {
        }
    }

    /// <summary>The number in the first column of a statement's first row; 0 without a row.</summary>
    public long Number(ReadOnlySpan<byte> sql)
    {
        using var statement = PrepareOnce(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>The texts in the first column of a statement's rows.</summary>
    public List<string> Texts(ReadOnlySpan<byte> sql)
    {
        using var statement = PrepareOnce(sql);
        var texts = new List<string>();
        while (statement.Step()) texts.Add(statement.Text(0));
        return texts;
    }

    /// <summary>Reads one state of the database in several statements, whatever others do meanwhile; inside a transaction, in that one.</summary>
    public TResult InOneSnapshot<TResult>(Func<SqliteConnection, TResult> read)
    {
        if (!IsAutoCommit) return read(this);
        Execute("BEGIN"u8);
        try { return read(this); }
        finally { if (!IsAutoCommit) Execute("COMMIT"u8); }
    }

    /// <summary>What went wrong in the last call.</summary>
    public SqliteFaultException Fault(int code)
    {
        var message = Marshal.PtrToStringUTF8((nint)SqliteLibrary.ErrorMessage(_handle));
        return new SqliteFaultException($"{message} (SQLite result {code})", code);
    }

    /// <summary>Throws unless a call went well.</summary>
    public void Check(int code)
    {
        if (code != SqliteResult.Ok) throw Fault(code);
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _ = SqliteLibrary.Close(_handle);
        _handle = 0;
    }

    private SqliteStatement PrepareOnce(ReadOnlySpan<byte> sql)
    {
        nint handle;
        fixed (byte* text = sql) Check(SqliteLibrary.Prepare(_handle, text, sql.Length, 0, &handle, null));
        return new SqliteStatement(this, handle);
    }
}
