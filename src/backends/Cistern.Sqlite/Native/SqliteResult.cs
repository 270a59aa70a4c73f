namespace Cistern;

/// <summary>The result codes of SQLite that the backend looks at. See https://sqlite.org/rescode.html.</summary>
internal static class SqliteResult
{
    public const int Ok = 0;
    public const int Busy = 5;
    public const int Locked = 6;
    public const int Corrupt = 11;
    public const int Protocol = 15;
    public const int NotADatabase = 26;
    public const int Row = 100;
    public const int Done = 101;

    /// <summary>The plain code of an extended one.</summary>
    public static int Plain(int code) => code & 0xFF;

    /// <summary>Whether another connection was in the way, and the same call may succeed later.</summary>
    public static bool IsTransient(int code) => Plain(code) is Busy or Locked or Protocol;
}
