using System.Runtime.InteropServices;
using System.Text;

namespace Cistern;

/// <summary>
/// A prepared statement, used again and again: bind, step, read, reset. What is bound is borrowed, and must stay where it is until the
/// reset. Columns are valid until the next step or reset.
/// </summary>
internal sealed unsafe class SqliteStatement(SqliteConnection connection, nint handle) : IDisposable
{
    private const int TypeText = 3;
    private const int TypeNull = 5;

    // An empty value is not NULL: SQLite takes a null pointer for that, and an empty span has one.
    private static readonly byte* Empty = (byte*)NativeMemory.AllocZeroed(1);

    // What SQLite is to do with what is bound: nothing, as it stays where it is; or copy it.
    private const nint Borrowed = 0;
    private const nint Copied = -1;
    private const int MostBytesPerCharacter = 3;

    private nint _handle = handle;
    private byte* _key;
    private int _keyCapacity;

    public SqliteStatement Bind(int index, long number)
    {
        connection.Check(SqliteLibrary.BindNumber(_handle, index, number));
        return this;
    }

    public SqliteStatement Bind(int index, long? number)
    {
        connection.Check(number is { } value ? SqliteLibrary.BindNumber(_handle, index, value) : SqliteLibrary.BindNull(_handle, index));
        return this;
    }

    public SqliteStatement BindNull(int index)
    {
        connection.Check(SqliteLibrary.BindNull(_handle, index));
        return this;
    }

    /// <summary>Binds a key, whose bytes the statement keeps in memory of its own: one key at a time.</summary>
    public SqliteStatement BindKey(int index, string key)
    {
        var most = Math.Max(1, key.Length * MostBytesPerCharacter);
        if (most > _keyCapacity)
        {
            _key = (byte*)NativeMemory.Realloc(_key, (nuint)most);
            _keyCapacity = most;
        }

        var length = Encoding.UTF8.GetBytes(key, new Span<byte>(_key, _keyCapacity));
        connection.Check(SqliteLibrary.BindText(_handle, index, _key, length, Borrowed));
        return this;
    }

    /// <summary>Binds a text that SQLite copies.</summary>
    public SqliteStatement BindText(int index, ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text) connection.Check(SqliteLibrary.BindText(_handle, index, bytes is null ? Empty : bytes, text.Length, Copied));
        return this;
    }

    /// <summary>Binds bytes that stay pinned until the reset.</summary>
    public SqliteStatement BindBlob(int index, byte* bytes, int length)
    {
        connection.Check(SqliteLibrary.BindBlob(_handle, index, bytes is null ? Empty : bytes, length, Borrowed));
        return this;
    }

    /// <summary>Goes to the next row; false after the last one. On a fault the statement is reset.</summary>
    public bool Step()
    {
        var code = SqliteLibrary.Step(_handle);
        if (code == SqliteResult.Row) return true;
        if (code == SqliteResult.Done) return false;
        var fault = connection.Fault(code);
        Reset();
        throw fault;
    }

    /// <summary>Runs a statement that gives no rows, and resets it.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    // What it returns is the fault that the last step has thrown already.
    public void Reset() => _ = SqliteLibrary.Reset(_handle);

    public bool IsNull(int column) => SqliteLibrary.ColumnType(_handle, column) == TypeNull;

    public bool IsText(int column) => SqliteLibrary.ColumnType(_handle, column) == TypeText;

    public long Number(int column) => SqliteLibrary.ColumnNumber(_handle, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public ReadOnlySpan<byte> Bytes(int column)
    {
        var bytes = SqliteLibrary.ColumnBytes(_handle, column);
        return new ReadOnlySpan<byte>(bytes, SqliteLibrary.ColumnLength(_handle, column));
    }

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public void Dispose()
    {
        if (_handle != 0) _ = SqliteLibrary.FinalizeStatement(_handle);
        NativeMemory.Free(_key);
        _handle = 0;
        _key = null;
        _keyCapacity = 0;
    }
}
