namespace Cistern;

/// <summary>Checks a database without changing it: SQLite's own check of the file, then our rules over its rows.</summary>
internal static class DatabaseCheck
{
    /// <summary>Checks a database.</summary>
    /// <param name="path">An absolute path of a file that is there.</param>
    /// <param name="busyTimeoutMilliseconds">How long to wait for others' locks.</param>
    /// <exception cref="SqliteFaultException">The file cannot be read at all.</exception>
    public static BackendVerification Run(string path, int busyTimeoutMilliseconds)
    {
        using var connection = SqliteConnection.Open(path, isReadOnly: true, busyTimeoutMilliseconds);
        var findings = new List<BackendFinding>();
        var entries = 0L;
        try
        {
            connection.Execute("PRAGMA trusted_schema = OFF"u8);
            entries = connection.InOneSnapshot(connection => Check(connection, findings));
        }
        catch (SqliteFaultException fault) when (SqliteResult.Plain(fault.ResultCode) is SqliteResult.Ok or SqliteResult.Corrupt or SqliteResult.NotADatabase)
        {
            findings.Add(new BackendFinding("database", $"{fault.Message}: the rest was not checked"));
        }

        return new BackendVerification { Entries = entries, Findings = findings };
    }

    private static long Check(SqliteConnection connection, List<BackendFinding> findings)
    {
        var kind = Schema.Recognize(connection);
        findings.AddRange(connection.Texts("PRAGMA quick_check"u8).Where(line => line != "ok").Select(line => new BackendFinding("database", $"{line}: what depends on it cannot be read")));
        return kind switch
        {
            DatabaseKind.Current => CheckRows(connection, findings),
            DatabaseKind.KeysAndTexts => connection.Number("SELECT count(*) FROM cache"u8),
            _ => 0,
        };
    }

    private static long CheckRows(SqliteConnection connection, List<BackendFinding> findings)
    {
        var entries = connection.Number("SELECT count(*) FROM entries WHERE value IS NOT NULL"u8);
        var sizeBytes = connection.Number("SELECT total(length(value)) FROM entries"u8);
        var counted = connection.Number("SELECT entries FROM totals WHERE id = 1"u8);
        var countedBytes = connection.Number("SELECT size_bytes FROM totals WHERE id = 1"u8);
        if ((entries, sizeBytes) != (counted, countedBytes))
        {
            findings.Add(new BackendFinding("totals", $"they say {counted} entries and {countedBytes} bytes, and there are {entries} and {sizeBytes}: statistics and bounds are off by that much until the database is cleared"));
        }

        var badKeys = EntryKey.FindBad(connection, "SELECT id, key FROM entries"u8).Count;
        if (badKeys != 0) findings.Add(new BackendFinding("entries", $"{badKeys} rows have a key that no caller can ask for"));
        var badValues = connection.Number("SELECT count(*) FROM entries WHERE typeof(value) NOT IN ('blob', 'null')"u8);
        if (badValues != 0) findings.Add(new BackendFinding("entries", $"{badValues} values are not bytes: something else wrote them"));
        if (connection.Number("SELECT count(*) FROM sqlite_master WHERE name = 'cache'"u8) != 0) CheckOlderTable(connection, findings);
        return entries - badKeys;
    }

    // What could not be taken over is in it; and the first program, run again on the same file, makes it anew and fills it.
    private static void CheckOlderTable(SqliteConnection connection, List<BackendFinding> findings)
    {
        var rows = connection.Number("SELECT count(*) FROM cache"u8);
        var later = Schema.CountTakeable(connection);
        if (rows != later) findings.Add(new BackendFinding("cache", $"{rows - later} rows of the older table have keys that are not allowed, or no value, and were left there"));
        if (later != 0) findings.Add(new BackendFinding("cache", $"{later} rows were written to the older table after it was taken over: they are not among the entries"));
    }
}
