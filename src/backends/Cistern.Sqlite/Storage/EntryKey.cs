using System.Text;
using System.Text.Unicode;

namespace Cistern;

/// <summary>Keys as a database holds them: texts in UTF-8, which something else may have written.</summary>
internal static class EntryKey
{
    /// <summary>The key that bytes stand for; null when no caller can ask for them.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) && Encoding.UTF8.GetString(bytes) is var key && CacheKey.Explain(key) is null ? key : null;

    /// <summary>Finds the rows of a table whose key no caller can ask for.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="query">Gives the number of each row, and its key.</param>
    public static List<long> FindBad(SqliteConnection connection, ReadOnlySpan<byte> query)
    {
        using var rows = connection.Prepare(query);
        var bad = new List<long>();
        while (rows.Step())
        {
            if (!rows.IsText(1) || Read(rows.Bytes(1)) is null) bad.Add(rows.Number(0));
        }

        return bad;
    }
}
