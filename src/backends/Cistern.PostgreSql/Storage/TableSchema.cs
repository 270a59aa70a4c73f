using System.Globalization;
using Npgsql;

namespace Cistern;

/// <summary>
/// The columns of the table and their version, which is in the table's own comment: made with it in one transaction, gone with it, and in every dump of it.
/// </summary>
internal static class TableSchema
{
    /// <summary>The version this code writes, and the newest it reads.</summary>
    public const int Version = 1;

    private const string CommentStart = "Cistern cache, schema ";

    private const string Columns =
        "key_hash bytea, key bytea, version bigint, created_at bigint, expires_at bigint, absolute_end bigint, replaced boolean, metadata bytea, value bytea";

    private const string ServerState = "SELECT current_setting('transaction_isolation'), current_schema()::text";

    private const string FindTable =
        """
        SELECT c.relkind::text, c.relpersistence::text, coalesce(obj_description(c.oid, 'pg_class'), ''),
            coalesce((SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), ''),
            EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'key_hash' WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid AND i.indkey::text = a.attnum::text)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
        """;

    /// <summary>Finds the table, or creates it.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="options">Which table, and whether it may be created.</param>
    /// <returns>The table's full name, and whether it is logged.</returns>
    /// <exception cref="CacheBackendException">It is another one's, newer than this code, or not there and may not be created. Nothing was changed.</exception>
    public static async Task<(TableName Table, bool IsLogged)> BringAsync(NpgsqlConnection connection, PostgreSqlBackendOptions options)
    {
        var table = new TableName(await CheckServerAsync(connection, options).ConfigureAwait(false), options.Table);
        if (await FindAsync(connection, table, options).ConfigureAwait(false) is { } isLogged) return (table, isLogged);
        if (!options.CreateTable) throw Refused(table, "is not there");
        return (table, await CreateAsync(connection, table, options).ConfigureAwait(false));
    }

    // What decides between two writers is that each statement sees what was committed before it.
    private static async Task<string> CheckServerAsync(NpgsqlConnection connection, PostgreSqlBackendOptions options)
    {
        var command = connection.Command(ServerState);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync().ConfigureAwait(false);
                if (reader.GetString(0) is not "read committed" and var isolation) throw new CacheBackendException($"the default isolation of transactions is '{isolation}' there; the backend needs 'read committed'");
                if (options.Schema is { } schema) return schema;
                return await reader.IsDBNullAsync(1).ConfigureAwait(false) ? throw new CacheBackendException("no schema of the search path is there; name one") : reader.GetString(1);
            }
        }
    }

    private static async Task<bool?> FindAsync(NpgsqlConnection connection, TableName table, PostgreSqlBackendOptions options)
    {
        var command = connection.Command(FindTable);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Text(table.Schema).Text(table.Table);
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!await reader.ReadAsync().ConfigureAwait(false)) return null;
                CheckComment(table, reader.GetString(2));
                if (reader.GetString(0) != "r" || reader.GetString(3) != Columns || !reader.GetBoolean(4)) throw Refused(table, "has not the columns of its version");
                var isLogged = reader.GetString(1) == "p";
                return isLogged || !options.IsLogged ? isLogged : throw Refused(table, "is unlogged, and a logged one is wanted; ALTER TABLE … SET LOGGED makes it one");
            }
        }
    }

    private static void CheckComment(TableName table, string comment)
    {
        if (!comment.StartsWith(CommentStart, StringComparison.Ordinal) || !int.TryParse(comment.AsSpan(CommentStart.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            throw Refused(table, "is not a table of this backend");
        }

        if (version > Version) throw Refused(table, $"has the schema version {version}, and this program knows versions up to {Version}: a newer one made it");
        if (version != Version) throw Refused(table, $"has the schema version {version}, which never was");
    }

    private static async Task<bool> CreateAsync(NpgsqlConnection connection, TableName table, PostgreSqlBackendOptions options)
    {
        var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            // IF NOT EXISTS alone fails when two create at once; and the second one is to see the comment, too.
            var wait = connection.Command("SELECT pg_advisory_xact_lock(hashtextextended('Cistern cache ' || $1, 0))");
            await using (wait.ConfigureAwait(false))
            {
                wait.Parameters.Text(table.ToString());
                await wait.ExecuteNonQueryAsync().ConfigureAwait(false);
            }

            if (await FindAsync(connection, table, options).ConfigureAwait(false) is { } isLogged) return isLogged;
            await connection.ExecuteAsync(
                $"""
                CREATE {(options.IsLogged ? "" : "UNLOGGED ")}TABLE {table} (
                    key_hash bytea PRIMARY KEY, key bytea NOT NULL, version bigint, created_at bigint NOT NULL, expires_at bigint, absolute_end bigint, replaced boolean, metadata bytea, value bytea)
                """).ConfigureAwait(false);
            await connection.ExecuteAsync($"CREATE INDEX ON {table} (expires_at) WHERE expires_at IS NOT NULL").ConfigureAwait(false);
            await connection.ExecuteAsync($"COMMENT ON TABLE {table} IS '{CommentStart}{Version}'").ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
            return options.IsLogged;
        }
    }

    private static CacheBackendException Refused(TableName table, string reason) => new($"the table {table} {reason}");
}
