using Npgsql;

namespace Cistern;

/// <summary>
/// Entries in a table of a PostgreSQL database, shared by processes and machines. A batch is one transaction. Nothing is evicted. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Needs PostgreSQL 11 or newer. A call that is cancelled or out of time ends at once for its caller; whether a write happened is then unknown. See docs/guide/postgresql.md.
/// </remarks>
public sealed class PostgreSqlBackend : CacheBackend
{
    private const int ClearRows = 5_000;

    private readonly PostgreSqlBackendOptions _options;
    private readonly Database _database;
    private readonly EntryStatements _statements;
    private readonly BatchWriter _batches;
    private readonly EntryReader _reader;
    private readonly BatchReader _batchReader;
    private readonly KeyListing _listing;
    private readonly EntryCount _count;
    private EmptyWatch? _watch;

    private PostgreSqlBackend(Database database, TableName table, bool isLogged, PostgreSqlBackendOptions options) : base(options.Name, options.TimeProvider)
    {
        _options = options;
        _database = database;
        _statements = new EntryStatements(table);
        _batches = new BatchWriter(database, _statements);
        _reader = new EntryReader(database, _statements);
        _listing = new KeyListing(database, _statements, () => NowMilliseconds);
        _batchReader = new BatchReader(database, _statements);
        _count = new EntryCount(database, _statements);
        Sweep = new ExpirySweep(database, _statements, options.SweepMilliseconds, () => NowMilliseconds);
        Capabilities = new BackendCapabilities
        {
            IsPersistent = true,
            IsShared = true,
            NoticesEmptied = true,
            ReportsEvictions = true,
            BatchAtomicity = BatchAtomicity.Batch,

            // A crash of the server empties an unlogged table, and what it knew of versions goes along.
            VersionRetention = isLogged ? VersionRetention.Durable : VersionRetention.UntilEvicted,
            MaxValueBytes = options.MaxValueBytes,
        };
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities { get; }

    /// <summary>What removes expired rows: for tests, which decide when.</summary>
    internal ExpirySweep Sweep { get; }

    /// <summary>What stores batches: for tests, which decide how.</summary>
    internal BatchWriter Batches => _batches;

    /// <summary>Connects to a database, and finds or creates the table.</summary>
    /// <param name="connectionString">A connection string of Npgsql's. A password that it lacks comes from <c>PGPASSWORD</c> or the password file.</param>
    /// <param name="options">The table, the limits and the clock. Null: the table "cistern_cache", unlogged.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ArgumentException">The connection string is malformed, or a name or an option cannot be used.</exception>
    /// <exception cref="CacheBackendException">The database cannot be reached, or the table is another one's, newer, or not there. Nothing was changed.</exception>
    public static ValueTask<PostgreSqlBackend> OpenAsync(string connectionString, PostgreSqlBackendOptions? options = null, CancellationToken cancellationToken = default)
    {
        var checkedOptions = (options ?? new PostgreSqlBackendOptions()).Check();
        var connection = ConnectionSettings.Parse(connectionString);
        return OpenAsync(() => new ConnectionPool(() => ConnectionSettings.CreateSource(connection, checkedOptions)), checkedOptions, cancellationToken);
    }

    /// <summary>
    /// Opens over an application's own data source, which the backend does not dispose. Its settings count: its pool, and its command and cancellation timeouts, which should be no longer
    /// than <see cref="PostgreSqlBackendOptions.Timeout"/>. Of a slim one, arrays must be enabled.
    /// </summary>
    /// <param name="dataSource">The data source.</param>
    /// <param name="options">The table, the limits and the clock. Null: the table "cistern_cache", unlogged.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="ArgumentException">A name or an option cannot be used.</exception>
    /// <exception cref="CacheBackendException">The database cannot be reached, or the table is another one's, newer, or not there. Nothing was changed.</exception>
    public static ValueTask<PostgreSqlBackend> OpenAsync(NpgsqlDataSource dataSource, PostgreSqlBackendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return OpenAsync(() => new ConnectionPool(dataSource), (options ?? new PostgreSqlBackendOptions()).Check(), cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask<byte[]?> GetCoreAsync(string key, CancellationToken cancellationToken) =>
        await _reader.GetAsync(key, NowMilliseconds, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<CacheEntry?> GetEntryCoreAsync(string key, CancellationToken cancellationToken) =>
        await _reader.InspectAsync(key, NowMilliseconds, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<bool> ExistsCoreAsync(string key, CancellationToken cancellationToken) =>
        await _reader.ExistsAsync(key, NowMilliseconds, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        await _batchReader.GetAsync(keys, NowMilliseconds, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyDictionary<string, CacheEntry>> LookUpEntriesCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        await _batchReader.InspectAsync(keys, NowMilliseconds, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        await _batchReader.FindAsync(keys, NowMilliseconds, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<SetOutcome> SetCoreAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Value.Length > _options.MaxValueBytes) return SetOutcome.TooLarge;
        Sweep.StartIfDue();
        return await SingleSet.StoreAsync(_database, _statements, EntryRow.Of(draft), NowMilliseconds, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        Sweep.StartIfDue();
        return await _batches.StoreAsync(BatchPlan.Of(drafts, _options.MaxValueBytes), NowMilliseconds, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> TouchCoreAsync(string key, long? expiresAtMilliseconds, CancellationToken cancellationToken) => await _database.WriteAsync(
        (_statements, Key: StoredKey.Of(key), Now: NowMilliseconds, End: expiresAtMilliseconds),
        static async (connection, call) =>
        {
            var command = connection.Command(call._statements.Touch);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Key(call.Key).Number(call.Now).Number(call.End);
                return await command.ExecuteNonQueryAsync().ConfigureAwait(false) == 1;
            }
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override async ValueTask<bool> DeleteCoreAsync(string key, long? version, CancellationToken cancellationToken)
    {
        Sweep.StartIfDue();
        return await _database.WriteAsync(
            (_statements, Key: StoredKey.Of(key), Version: version, Now: NowMilliseconds, Retention: _options.TombstoneMilliseconds),
            static async (connection, call) =>
            {
                var command = connection.Command(call.Version is null ? call._statements.Delete : call._statements.Bury);
                await using (command.ConfigureAwait(false))
                {
                    command.Parameters.Key(call.Key);
                    if (call.Version is { } deleted) command.Parameters.Number(deleted).Number(call.Now).Number(call.Now + call.Retention);
                    else command.Parameters.Number(call.Now);
                    return await command.FirstAsync<bool>().ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0) return 0;
        Sweep.StartIfDue();
        var parts = LongTransaction.PartsOf(keys.Count, 0);
        var doomed = (_statements, Keys: keys.Select(StoredKey.Of).ToArray(), Now: NowMilliseconds);
        if (parts == 1) return await _database.WriteAsync(doomed, static (connection, call) => DeleteAsync(connection, call._statements, call.Keys, call.Now), cancellationToken).ConfigureAwait(false);
        return await _database.WriteAsync(
            (doomed, Limit: _options.Timeout * parts),
            static (connection, call) => LongTransaction.RunAsync(connection, call.Limit, call.doomed, static (connection, call) => DeleteAsync(connection, call._statements, call.Keys, call.Now)),
            cancellationToken,
            parts).ConfigureAwait(false);
    }

    // Page by page, each a transaction of its own: no lock is held for long, and none is waited for in another order than batches do.
    /// <inheritdoc/>
    protected override async ValueTask<long> ClearCoreAsync(CancellationToken cancellationToken)
    {
        var cleared = 0L;
        for (byte[]? after = []; after is not null;)
        {
            (after, var live) = await _database.WriteAsync(
                (_statements, After: after, Now: NowMilliseconds),
                static async (connection, call) =>
                {
                    var command = connection.Command(call._statements.ClearPage);
                    await using (command.ConfigureAwait(false))
                    {
                        command.Parameters.Bytes(call.After).Number(ClearRows).Number(call.Now);
                        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
                        await using (reader.ConfigureAwait(false))
                        {
                            await reader.ReadAsync().ConfigureAwait(false);
                            var page = (reader.IsDBNull(0) ? null : reader.Bytes(0), reader.GetInt64(1));
                            await reader.EndAsync().ConfigureAwait(false);
                            return page;
                        }
                    }
                },
                cancellationToken).ConfigureAwait(false);
            cleared += live;
        }

        return cleared;
    }

    /// <inheritdoc/>
    protected override IAsyncEnumerable<string> KeysCoreAsync(KeyPattern pattern, CancellationToken cancellationToken) => _listing.ListAsync(pattern, cancellationToken);

    /// <inheritdoc/>
    protected override async ValueTask<BackendUsage> GetUsageCoreAsync(CancellationToken cancellationToken) => await _count.CountAsync(NowMilliseconds, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override void WatchEmptied() => _watch = new EmptyWatch(_database, _statements, () => NowMilliseconds, TellEmptied);

    /// <inheritdoc/>
    protected override void UnwatchEmptied() => _watch?.Dispose();

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        Sweep.Dispose();
        _database.Dispose();
    }

    private static async ValueTask<PostgreSqlBackend> OpenAsync(Func<ConnectionPool> createPool, PostgreSqlBackendOptions options, CancellationToken cancellationToken)
    {
        Database? database = null;
        try
        {
            database = new Database(createPool(), options.Timeout);
            var (table, isLogged) = await database.WriteAsync(options, TableSchema.BringAsync, cancellationToken).ConfigureAwait(false);
            return new PostgreSqlBackend(database, table, isLogged, options);
        }
        catch (Exception fault)
        {
            database?.Dispose();
            if (fault is CacheBackendException || ServerFaults.IsFault(fault)) throw new CacheBackendException($"{options.Name}: opening failed: {ServerFaults.Describe(fault)}", fault);
            throw;
        }
    }

    private static async Task<long> DeleteAsync(NpgsqlConnection connection, EntryStatements statements, StoredKey[] keys, long now)
    {
        var command = connection.Command(statements.DeleteMany);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Bytes(Array.ConvertAll(keys, key => key.Hash)).Bytes(Array.ConvertAll(keys, key => key.Bytes)).Number(now);
            return await command.FirstAsync<long>().ConfigureAwait(false);
        }
    }
}
