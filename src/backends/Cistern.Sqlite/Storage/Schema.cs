namespace Cistern;

/// <summary>
/// The tables of a database and their version, in the file's own header: <c>application_id</c> says whose it is, <c>user_version</c> which
/// version. One row per key holds an entry, or the tombstone of one (its value is NULL).
/// </summary>
internal static class Schema
{
    /// <summary>The version this code writes, and the newest it reads.</summary>
    public const long Version = 1;

    private const long ApplicationId = 0x43495354;
    private const long Incremental = 2;

    private const string IsPairOfTexts = "typeof(key) = 'text' AND value IS NOT NULL";

    // The value comes last, so that whatever looks at the other columns need not walk over it. An integer key keeps rows in the order of
    // their making and the index of keys small, which is faster to read and to write than rows ordered by key, the more so the longer the values.
    private static ReadOnlySpan<byte> CreateEntries => """
        CREATE TABLE entries(
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            version INTEGER,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            ttl INTEGER,
            absolute_end INTEGER,
            accessed INTEGER,
            metadata TEXT,
            value BLOB)
        """u8;

    private static ReadOnlySpan<byte> CreateExpirations => "CREATE INDEX entries_expires_at ON entries(expires_at) WHERE expires_at IS NOT NULL"u8;

    private static ReadOnlySpan<byte> CreateTotals => "CREATE TABLE totals(id INTEGER PRIMARY KEY, entries INTEGER NOT NULL, size_bytes INTEGER NOT NULL, sequence INTEGER NOT NULL, clock INTEGER NOT NULL)"u8;

    private static ReadOnlySpan<byte> CreateAccesses => "CREATE INDEX IF NOT EXISTS entries_accessed ON entries(accessed) WHERE accessed IS NOT NULL"u8;

    /// <summary>Counts the rows of an older table that can be taken over.</summary>
    public static long CountTakeable(SqliteConnection connection) =>
        connection.Number(Text($"SELECT count(*) FROM cache WHERE {IsPairOfTexts}")) - EntryKey.FindBad(connection, Text($"SELECT 0, key FROM cache WHERE {IsPairOfTexts}")).Count;

    // Each column's name and type, its place in the primary key, and whether it is generated. Whether NULL is allowed says nothing about whose the table is.
    private static ReadOnlySpan<byte> DescribeCache => "SELECT name || ' ' || upper(type) || ' ' || pk || ' ' || hidden FROM pragma_table_xinfo('cache') ORDER BY cid"u8;

    /// <summary>Says what a database is.</summary>
    /// <exception cref="SqliteFaultException">It is none of ours, or newer than this code; the message says which.</exception>
    public static DatabaseKind Recognize(SqliteConnection connection) => connection.InOneSnapshot(RecognizeState);

    /// <summary>Makes the tables of an empty database, or takes over those of an older one; what is there is never lost. Waits for its turn.</summary>
    public static void Bring(SqliteConnection connection, DatabaseKind kind, long now)
    {
        if (connection.Texts("PRAGMA encoding"u8) is not ["UTF-8"]) throw new SqliteFaultException("its texts are not in UTF-8");
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL"u8);
        connection.Execute("BEGIN IMMEDIATE"u8);
        try
        {
            // Once more, now that nobody else can change it.
            kind = Recognize(connection);
            if (kind != DatabaseKind.Current) Create(connection, now);
            if (kind == DatabaseKind.KeysAndTexts) TakeOver(connection, now);
            connection.Execute("COMMIT"u8);
        }
        finally
        {
            if (!connection.IsAutoCommit) connection.Execute("ROLLBACK"u8);
        }
    }

    /// <summary>
    /// Lets a file shrink that was made otherwise, for which it must be written anew. Where others are in the way, or the disk is full, it stays as it is,
    /// and a later opening tries again.
    /// </summary>
    public static void LetShrink(SqliteConnection connection)
    {
        if (connection.Number("PRAGMA auto_vacuum"u8) == Incremental) return;
        connection.WaitAtMost(0);
        try
        {
            connection.Execute("PRAGMA auto_vacuum = INCREMENTAL"u8);
            connection.Execute("VACUUM"u8);
        }
        catch (SqliteFaultException)
        {
        }
    }

    /// <summary>Lets a connection that may only read look at an empty or older database as if it were current. Nothing of that is in the file.</summary>
    public static void ShowAsCurrent(SqliteConnection connection, DatabaseKind kind)
    {
        connection.Execute("PRAGMA temp_store = MEMORY"u8);
        if (kind == DatabaseKind.Empty) connection.Execute("CREATE TEMP TABLE cache(key TEXT PRIMARY KEY, value TEXT)"u8);
        connection.Execute("""
            CREATE TEMP VIEW entries AS
            SELECT key, NULL AS version, 0 AS created_at, NULL AS expires_at, NULL AS ttl, NULL AS absolute_end, rowid AS accessed, NULL AS metadata, CAST(value AS BLOB) AS value
            FROM cache WHERE typeof(key) = 'text'
            """u8);
        connection.Execute("CREATE TEMP VIEW totals AS SELECT 1 AS id, count(*) AS entries, CAST(total(length(value)) AS INTEGER) AS size_bytes, 0 AS sequence, 0 AS clock FROM entries"u8);
    }

    /// <summary>Orders entries by their last use, which only a bounded database pays for.</summary>
    public static void OrderByAccess(SqliteConnection connection) => connection.Execute(CreateAccesses);

    private static DatabaseKind RecognizeState(SqliteConnection connection)
    {
        var application = connection.Number("PRAGMA application_id"u8);
        var version = connection.Number("PRAGMA user_version"u8);
        var tables = connection.Texts("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' AND type <> 'index' ORDER BY name"u8);
        if (application == ApplicationId) return RecognizeOurs(version, tables);
        if (application == 0 && version == 0 && tables.Count == 0) return DatabaseKind.Empty;
        if (application == 0 && version == 0 && tables is ["cache"] && connection.Texts(DescribeCache) is ["key TEXT 1 0", "value TEXT 0 0"]) return DatabaseKind.KeysAndTexts;
        throw new SqliteFaultException("it is a database of another program");
    }

    private static DatabaseKind RecognizeOurs(long version, List<string> tables)
    {
        if (version > Version) throw new SqliteFaultException($"its schema has version {version}, and this program knows versions up to {Version}: a newer one wrote it");
        if (version == Version && tables is ["cache", "entries", "totals"] or ["entries", "totals"]) return DatabaseKind.Current;
        throw new SqliteFaultException("its tables are not those of its version");
    }

    private static void Create(SqliteConnection connection, long now)
    {
        connection.Execute(CreateEntries);
        connection.Execute(CreateExpirations);
        connection.Execute(CreateTotals);
        using (var totals = connection.Prepare("INSERT INTO totals VALUES(1, 0, 0, 0, ?1)"u8)) totals.Bind(1, now).Run();
        connection.Execute(Text($"PRAGMA application_id = {ApplicationId}"));
        connection.Execute(Text($"PRAGMA user_version = {Version}"));
    }

    // Rows whose key could not be a key here (NULL, bytes, not UTF-8, too long, with a NUL) stay where they are.
    private static void TakeOver(SqliteConnection connection, long now)
    {
        using (var copy = connection.Prepare(Text($"""
            INSERT INTO entries(key, created_at, accessed, value)
            SELECT key, ?1, row_number() OVER (ORDER BY rowid), CAST(value AS BLOB) FROM cache WHERE {IsPairOfTexts}
            """))) copy.Bind(1, now).Run();
        using (var drop = connection.Prepare("DELETE FROM entries WHERE id = ?1"u8))
        {
            foreach (var id in EntryKey.FindBad(connection, "SELECT id, key FROM entries"u8)) drop.Bind(1, id).Run();
        }

        connection.Execute("DELETE FROM cache WHERE EXISTS (SELECT 1 FROM entries WHERE entries.key = cache.key)"u8);
        connection.Execute("UPDATE totals SET entries = (SELECT count(*) FROM entries), size_bytes = (SELECT total(length(value)) FROM entries), sequence = (SELECT coalesce(max(accessed), 0) FROM entries)"u8);
        if (connection.Number("SELECT count(*) FROM cache"u8) == 0) connection.Execute("DROP TABLE cache"u8);
    }

    private static byte[] Text(FormattableString statement) => System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant(statement));
}
