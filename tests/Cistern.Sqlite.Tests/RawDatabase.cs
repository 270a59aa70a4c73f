using System.Text;

namespace Cistern.Tests;

/// <summary>A database file as any other program would handle it: by SQL, beside the backend.</summary>
internal static class RawDatabase
{
    /// <summary>Runs statements on a file, which is created where there is none.</summary>
    public static void Run(string path, params string[] statements)
    {
        using var connection = Open(path);
        foreach (var statement in statements) connection.Execute(Encoding.UTF8.GetBytes(statement));
    }

    public static long Number(string path, string query)
    {
        using var connection = Open(path);
        return connection.Number(Encoding.UTF8.GetBytes(query));
    }

    public static List<string> Texts(string path, string query)
    {
        using var connection = Open(path);
        return connection.Texts(Encoding.UTF8.GetBytes(query));
    }

    public static SqliteConnection Open(string path, int busyMilliseconds = 10_000)
    {
        DatabaseFile.CreateIfAbsent(path);
        return SqliteConnection.Open(path, isReadOnly: false, busyMilliseconds);
    }
}
