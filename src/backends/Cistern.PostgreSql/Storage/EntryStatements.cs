namespace Cistern;

/// <summary>
/// The statements over one table. A row holds an entry, or the tombstone of one (its value is NULL). Each set and delete is decided by a single statement, whose
/// WHERE sees the row as it is once it is locked. What an expired row holds counts as not there, and so does what a row of another key with the same hash holds.
/// </summary>
internal sealed class EntryStatements(TableName table)
{
    /// <summary>The temporary table that a large batch goes through.</summary>
    public const string Staged = "pg_temp.cistern_staged";

    /// <summary>
    /// Has the statements after it, up to the end of the transaction, planned for the index. A plan that was made while the table was small would read all of it, and is kept while it grows.
    /// </summary>
    public const string KeepToIndexes = "SELECT set_config('enable_seqscan', 'off', true)";

    private const string Columns = "key_hash, key, version, created_at, expires_at, absolute_end, metadata, value";

    private const string Replace =
        """
        ON CONFLICT (key_hash) DO UPDATE SET key = excluded.key, version = excluded.version, created_at = excluded.created_at, expires_at = excluded.expires_at,
        absolute_end = excluded.absolute_end, replaced = NULL, metadata = excluded.metadata, value = excluded.value
        """;

    private const string Arrays = "SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bytea[])";

    // The rows lie as they were copied, in the order of their hashes, for COPY into a table of the same transaction only appends: so two batches lock rows in one order, and do not wait for each other, and
    // the server need not sort them. It is a courtesy: what deadlocks all the same is done again.
    private const string StagedStep = $"SELECT {Columns} FROM {Staged} WHERE step = $1";

    /// <summary>The value of a live entry. $1 hash, $2 key, $3 now.</summary>
    public string Get { get; } = $"SELECT value FROM {table} WHERE key_hash = $1 AND key = $2 AND {Live("$3")}";

    /// <summary>A live entry whole. $1 hash, $2 key, $3 now.</summary>
    public string Inspect { get; } = $"SELECT version, created_at, expires_at, absolute_end, metadata, value FROM {table} WHERE key_hash = $1 AND key = $2 AND {Live("$3")}";

    /// <summary>One row where a live entry is. $1 hash, $2 key, $3 now.</summary>
    public string Exists { get; } = $"SELECT true FROM {table} WHERE key_hash = $1 AND key = $2 AND {Live("$3")}";

    /// <summary>
    /// The hashes and sizes of live entries, with the keys and values of the first of them, as many as have room, at least one; the others' are NULL. What comes first is as it happens: nothing is sorted for it.
    /// $1 hashes, $2 now, $3 the room in bytes.
    /// </summary>
    public string GetMany { get; } =
        $"""
        SELECT key_hash, size, CASE WHEN has_room THEN key END, CASE WHEN has_room THEN value END FROM (
            SELECT key_hash, key, value, size, total <= $3 OR total = size AS has_room FROM (
                SELECT key_hash, key, value, octet_length(key) + octet_length(value) AS size, sum(octet_length(key) + octet_length(value)) OVER (ROWS UNBOUNDED PRECEDING) AS total
                FROM {table} WHERE key_hash = ANY($1) AND {Live("$2")}) AS summed) AS found
        """;

    /// <summary>The same with all that belongs to each entry.</summary>
    public string InspectMany { get; } =
        $"""
        SELECT key_hash, size, CASE WHEN has_room THEN key END, CASE WHEN has_room THEN value END, version, created_at, expires_at, absolute_end, CASE WHEN has_room THEN metadata END FROM (
            SELECT *, total <= $3 OR total = size AS has_room FROM (
                SELECT *, sum(size) OVER (ROWS UNBOUNDED PRECEDING) AS total FROM (
                    SELECT *, octet_length(key) + octet_length(value) + coalesce(octet_length(metadata), 0) AS size
                    FROM {table} WHERE key_hash = ANY($1) AND {Live("$2")}) AS sized) AS summed) AS found
        """;

    /// <summary>The keys of live entries. $1 hashes, $2 now.</summary>
    public string ExistsMany { get; } = $"SELECT key_hash, key FROM {table} WHERE key_hash = ANY($1) AND {Live("$2")}";

    /// <summary>A new end for a live entry, no later than its absolute one (LEAST passes over NULL). $1 hash, $2 key, $3 now, $4 end.</summary>
    public string Touch { get; } = $"UPDATE {table} SET expires_at = LEAST($4::bigint, absolute_end) WHERE key_hash = $1 AND key = $2 AND {Live("$3")}";

    /// <summary>Deletes a row; gives whether it was a live entry. $1 hash, $2 key, $3 now.</summary>
    public string Delete { get; } = $"DELETE FROM {table} WHERE key_hash = $1 AND key = $2 RETURNING coalesce({Live("$3")}, false)";

    /// <summary>Deletes rows, locked in the order of their hashes; gives how many were live entries. $1 hashes, $2 keys, $3 now.</summary>
    public string DeleteMany { get; } =
        $"""
        WITH doomed AS MATERIALIZED (
            SELECT held.key_hash FROM {table} AS held JOIN unnest($1::bytea[], $2::bytea[]) AS asked(key_hash, key) ON held.key_hash = asked.key_hash AND held.key = asked.key
            ORDER BY held.key_hash FOR UPDATE OF held),
        gone AS (DELETE FROM {table} AS held USING doomed WHERE held.key_hash = doomed.key_hash RETURNING {Live("$3")} AS was_live)
        SELECT count(*) FROM gone WHERE was_live
        """;

    /// <summary>
    /// Leaves a tombstone unless the entry is newer; gives whether it took the place of a live entry, and no row where nothing changed. RETURNING sees only the new row, so the tombstone itself
    /// remembers. $1 hash, $2 key, $3 version, $4 now, $5 the tombstone's end.
    /// </summary>
    public string Bury { get; } =
        $"""
        INSERT INTO {table} AS held (key_hash, key, version, created_at, expires_at, replaced) VALUES ($1, $2, $3, $4, $5, false)
        ON CONFLICT (key_hash) DO UPDATE SET key = excluded.key,
            version = CASE WHEN held.value IS NULL AND held.expires_at > $4 AND held.key = excluded.key THEN GREATEST(held.version, excluded.version) ELSE excluded.version END,
            created_at = excluded.created_at, expires_at = excluded.expires_at, absolute_end = NULL,
            replaced = coalesce({Live("$4", "held.")} AND held.key = excluded.key, false), metadata = NULL, value = NULL
        WHERE held.value IS NULL OR held.version IS NULL OR held.version <= excluded.version OR held.expires_at <= $4 OR held.key <> excluded.key
        RETURNING held.replaced
        """;

    /// <summary>Deletes one page of entries, locked in the order of their hashes: the last hash of the page (NULL: nothing was left), and how many were live. $1 after which hash, $2 rows, $3 now.</summary>
    public string ClearPage { get; } =
        $"""
        WITH doomed AS MATERIALIZED (SELECT key_hash FROM {table} WHERE key_hash > $1 AND value IS NOT NULL ORDER BY key_hash LIMIT $2 FOR UPDATE),
        gone AS (DELETE FROM {table} AS held USING doomed WHERE held.key_hash = doomed.key_hash RETURNING {Live("$3")} AS was_live)
        SELECT (SELECT key_hash FROM doomed ORDER BY key_hash DESC LIMIT 1), (SELECT count(*) FROM gone WHERE was_live)
        """;

    /// <summary>One page of rows in the order of their hashes; the key is NULL unless the entry is live and its key begins so. $1 after which hash, $2 rows, $3 now, $4 the prefix, $5 its length.</summary>
    public string ListPage { get; } =
        $"SELECT key_hash, CASE WHEN {Live("$3")} AND substring(key FROM 1 FOR $5) = $4 THEN key END FROM {table} WHERE key_hash > $1 ORDER BY key_hash LIMIT $2";

    /// <summary>Counts one page of rows: its last hash (NULL: it was the last page), how many live entries it has, and their bytes. $1 after which hash, $2 now.</summary>
    public string CountPage { get; } =
        $"""
        WITH page AS MATERIALIZED (SELECT key_hash, {Live("$2")} AS is_live, octet_length(value) AS size FROM {table} WHERE key_hash > $1 ORDER BY key_hash LIMIT {EntryCount.PageRows})
        SELECT (SELECT key_hash FROM page ORDER BY key_hash OFFSET {EntryCount.PageRows - 1}), count(*) FILTER (WHERE is_live), coalesce(sum(size) FILTER (WHERE is_live), 0)::bigint FROM page
        """;

    /// <summary>Deletes some expired rows that nobody else is at. $1 now, $2 rows.</summary>
    public string Sweep { get; } =
        $"""
        DELETE FROM {table} WHERE expires_at <= $1 AND key_hash = ANY(ARRAY(
            SELECT key_hash FROM {table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;

    /// <summary>The mark that goes when the entries go. No key has an empty hash, and what goes through the rows by their hashes begins after it.</summary>
    public string Mark { get; } = $"SELECT key FROM {table} WHERE key_hash = ''";

    /// <summary>Puts a mark where there is none. $1 the mark, $2 now.</summary>
    public string PutMark { get; } = $"INSERT INTO {table} (key_hash, key, created_at) VALUES ('', $1, $2) ON CONFLICT (key_hash) DO NOTHING";

    /// <summary>What refused a versioned set, read while the transaction that was refused still has the row locked. $1 hash.</summary>
    public string Held { get; } = $"SELECT version, value IS NULL FROM {table} WHERE key_hash = $1";

    /// <summary>The same for many. $1 hashes.</summary>
    public string HeldMany { get; } = $"SELECT key_hash, version, value IS NULL FROM {table} WHERE key_hash = ANY($1)";

    /// <summary>The same for a step of the temporary table. $1 the step.</summary>
    public string HeldStaged { get; } = $"SELECT key_hash, version, value IS NULL FROM {table} WHERE key_hash IN (SELECT key_hash FROM {Staged} WHERE step = $1)";

    /// <summary>Whether there is any row under some hashes, whatever it is. $1 hashes.</summary>
    public string Meets { get; } = $"SELECT EXISTS (SELECT 1 FROM {table} WHERE key_hash = ANY($1))";

    /// <summary>Adds rows to the table itself; where a key has a row, it fails.</summary>
    public string CopyFresh { get; } = $"COPY {table} ({Columns}) FROM STDIN (FORMAT binary)";

    /// <summary>Creates the temporary table, which is gone with its transaction.</summary>
    public string Stage { get; } =
        "CREATE TEMPORARY TABLE cistern_staged (key_hash bytea, key bytea, version bigint, created_at bigint, expires_at bigint, absolute_end bigint, metadata bytea, value bytea, step integer) ON COMMIT DROP";

    /// <summary>Fills it.</summary>
    public string CopyStaged { get; } = $"COPY {Staged} ({Columns}, step) FROM STDIN (FORMAT binary)";

    /// <summary>Stores one entry: $1 to $8 its columns; with a condition, $9 now, and a row comes back where it was stored.</summary>
    public string Set(SetCondition condition) => $"INSERT INTO {table} AS held ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) {Unless(condition, "$9", "true")}";

    /// <summary>Stores many entries of different keys: $1 to $8 arrays of their columns; with a condition, $9 now, and the hashes of those come back that were stored.</summary>
    public string SetMany(SetCondition condition) => $"INSERT INTO {table} AS held ({Columns}) {Arrays} {Unless(condition, "$9", "held.key_hash")}";

    /// <summary>The same from a step of the temporary table. $1 the step; with a condition, $2 now.</summary>
    public string SetStaged(SetCondition condition) => $"INSERT INTO {table} AS held ({Columns}) {StagedStep} {Unless(condition, "$2", "held.key_hash")}";

    // A comparison with NULL is not true, and OR passes over it: an entry without an end is not expired.
    private static string Unless(SetCondition condition, string now, string stored) => condition switch
    {
        SetCondition.IfAbsent => $"{Replace} WHERE held.value IS NULL OR held.expires_at <= {now} OR held.key <> excluded.key RETURNING {stored}",
        SetCondition.IfNewer => $"{Replace} WHERE held.version IS NULL OR held.version < excluded.version OR held.expires_at <= {now} OR held.key <> excluded.key RETURNING {stored}",
        _ => Replace,
    };

    private static string Live(string now, string of = "") => $"({of}value IS NOT NULL AND ({of}expires_at IS NULL OR {of}expires_at > {now}))";
}
