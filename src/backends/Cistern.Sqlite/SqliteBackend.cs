using System.Buffers;
using System.Text;

namespace Cistern;

/// <summary>
/// Entries in a SQLite database: they outlive the process, and several processes may use one file at once. A batch is one transaction.
/// Bounded, the least recently used entries go first. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Uses the system's SQLite library, 3.35 or newer. Reads wait for nobody; writes wait for one another, across processes too. See docs/guide/sqlite.md.
/// </remarks>
public sealed class SqliteBackend : SyncCacheBackend
{
    private const int PageKeys = 256;

    private readonly SqliteBackendOptions _options;
    private readonly EntryReaders _readers;
    private readonly EntryWriter? _writer;
    private readonly SqliteConnection _connection;
    private readonly Func<long> _clock;

    private SqliteBackend(string? path, SqliteBackendOptions options) : base(options.Name, options.TimeProvider)
    {
        _options = options;
        _clock = () => NowMilliseconds;
        var database = Database.Open(path, options, NowMilliseconds);
        _connection = database.Connection;
        try
        {
            if (!options.IsReadOnly) _writer = new EntryWriter(_connection, options, _clock, Count);
            _readers = path is null ? new SingleReader(_connection, _writer!.Gate) : new PooledReaders(database.OpenReader);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        Capabilities = new BackendCapabilities
        {
            IsPersistent = path is not null,
            IsShared = path is not null,
            ReportsEvictions = true,
            ReportsExpirations = true,
            BatchAtomicity = BatchAtomicity.Batch,
            VersionRetention = path is null || options.IsBounded ? VersionRetention.UntilEvicted : VersionRetention.Durable,
            MaxValueBytes = options.MaxValueBytes,
            Capacity = options.Capacity,
            MaxSizeBytes = options.MaxSizeBytes,
        };
    }

    /// <inheritdoc/>
    public override BackendCapabilities Capabilities { get; }

    /// <summary>The connection that writes: for tests that look past the contract.</summary>
    internal SqliteConnection Connection => _connection;

    /// <summary>Opens a database. One that is not there is created, readable by its owner only; one of the first program's is taken over as it is.</summary>
    /// <param name="path">The database's file; <c>:memory:</c> for one that ends with the backend. Never a URI.</param>
    /// <param name="options">Bounds, durability and clock. Null: unbounded, <see cref="SqliteDurability.Normal"/>, the system's clock.</param>
    /// <exception cref="ArgumentException">The path is empty or no path, or <c>:memory:</c> is to be read only.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="CacheBackendException">
    /// The file cannot be opened, is no database or another program's, or was written by a newer version; or SQLite's library is not installed. The file is unchanged.
    /// </exception>
    public static SqliteBackend Open(string path, SqliteBackendOptions? options = null)
    {
        var checkedOptions = (options ?? new SqliteBackendOptions()).Check();
        var file = DatabaseFile.Resolve(path);
        if (file is null && checkedOptions.IsReadOnly) throw new ArgumentException("A database in memory begins empty: it cannot be read only.", nameof(options));
        try
        {
            return new SqliteBackend(file, checkedOptions);
        }
        catch (Exception fault) when (fault is SqliteFaultException or IOException or UnauthorizedAccessException or DllNotFoundException)
        {
            throw new CacheBackendException($"{checkedOptions.Name}: opening {DatabaseFile.Show(path)} failed: {DatabaseFile.Show(fault.Message)}", fault);
        }
    }

    /// <summary>Checks a database, and changes nothing: SQLite's own quick check, then the rows. What is damaged is a finding.</summary>
    /// <param name="path">The database's file.</param>
    /// <param name="busyTimeout">How long to wait for other processes. Null: 30 s.</param>
    /// <exception cref="ArgumentException">The path is empty, no path, or <c>:memory:</c>.</exception>
    /// <exception cref="CacheBackendException">The file is not there or cannot be read, or SQLite's library is not installed.</exception>
    public static BackendVerification Verify(string path, TimeSpan? busyTimeout = null)
    {
        var options = new SqliteBackendOptions();
        options = (options with { BusyTimeout = busyTimeout ?? options.BusyTimeout }).Check();
        var file = DatabaseFile.Resolve(path) ?? throw new ArgumentException("A database in memory cannot be checked: it begins empty.", nameof(path));
        try
        {
            return File.Exists(file) ? DatabaseCheck.Run(file, options.BusyTimeoutMilliseconds) : throw new FileNotFoundException("the file is not there");
        }
        catch (Exception fault) when (fault is SqliteFaultException or IOException or DllNotFoundException)
        {
            throw new CacheBackendException($"{options.Name}: checking {DatabaseFile.Show(path)} failed: {DatabaseFile.Show(fault.Message)}", fault);
        }
    }

    /// <inheritdoc/>
    protected override byte[]? GetCore(string key)
    {
        using var lookup = Find(key);
        return lookup.IsHit ? lookup.Value.ToArray() : null;
    }

    /// <inheritdoc/>
    protected override LookupOutcome TryGetCore(string key, Span<byte> destination, out int valueLength)
    {
        valueLength = 0;
        using var lookup = Find(key);
        if (!lookup.IsHit) return LookupOutcome.Miss;
        var value = lookup.Value;
        valueLength = value.Length;
        return value.TryCopyTo(destination) ? LookupOutcome.Hit : LookupOutcome.DestinationTooSmall;
    }

    /// <inheritdoc/>
    protected override bool TryReadCore<TState>(string key, TState state, ReadOnlySpanAction<byte, TState> reader)
    {
        byte[]? copy = null;
        using (var lookup = FindOrWrap(key))
        {
            if (!lookup.IsHit) return false;

            // In memory there is one connection for everybody: nobody waits for what the caller does with a value.
            if (_readers.IsExclusive) copy = lookup.Value.ToArray();
            else reader(lookup.Value, state);
        }

        if (copy is not null) reader(copy, state);
        return true;
    }

    /// <inheritdoc/>
    protected override CacheEntry? GetEntryCore(string key) => Read(key, static (reader, key, now) => reader.Inspect(key, now));

    /// <inheritdoc/>
    protected override bool ExistsCore(string key) => Read(key, static (reader, key, now) => reader.Exists(key, now));

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyDictionary<string, byte[]>> GetManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(keys.Count);
        var reads = new List<(string Key, FoundValue Read)>(keys.Count);
        Read((found, keys, reads, _clock, _writer), static (reader, call, _) =>
        {
            reader.InOneSnapshot(call, static (reader, call) =>
            {
                foreach (var key in call.keys)
                {
                    if (reader.Find(key, call._clock) is { IsHit: true } read)
                    {
                        call.found.Add(key, reader.Value.ToArray());
                        call.reads.Add((key, read));
                        call._writer?.Follow(reader, read.Accessed);
                    }

                    reader.Release();
                }
            });
            return true;
        });
        foreach (var (key, read) in reads) _writer?.Notice(key, read);
        return new(found);
    }

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlySet<string>> ExistsManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var present = new HashSet<string>();
        Read((present, keys), static (reader, call, now) =>
        {
            reader.InOneSnapshot((call.present, call.keys, now), static (reader, call) =>
            {
                foreach (var key in call.keys)
                {
                    if (reader.Exists(key, call.now)) call.present.Add(key);
                }
            });
            return true;
        });
        return new(present);
    }

    /// <inheritdoc/>
    protected override SetOutcome SetCore(in EntryDraft draft) =>
        draft.Value.Length > _options.LongestValue ? SetOutcome.TooLarge : Write(draft, static (transaction, draft) => transaction.Store(draft));

    /// <inheritdoc/>
    protected override ValueTask<IReadOnlyList<SetOutcome>> SetManyCoreAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        if (drafts.Count == 0) return new([]);
        return new(Write(drafts, static (transaction, drafts) =>
        {
            var outcomes = new SetOutcome[drafts.Count];
            for (var i = 0; i < outcomes.Length; i++) outcomes[i] = transaction.Store(drafts[i]);
            return outcomes;
        }));
    }

    /// <inheritdoc/>
    protected override bool TouchCore(string key, long? expiresAtMilliseconds) => Write((key, expiresAtMilliseconds), static (transaction, call) => transaction.Touch(call.key, call.expiresAtMilliseconds));

    /// <inheritdoc/>
    protected override bool DeleteCore(string key, long? version) => Write((key, version), static (transaction, call) => transaction.Delete(call.key, call.version));

    /// <inheritdoc/>
    protected override ValueTask<long> DeleteManyCoreAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0) return new(0);
        return new(Write(keys, static (transaction, keys) =>
        {
            var deleted = 0L;
            foreach (var key in keys) deleted += transaction.Delete(key, version: null) ? 1 : 0;
            return deleted;
        }));
    }

    /// <inheritdoc/>
    protected override long ClearCore()
    {
        var cleared = Write(0, static (transaction, _) => transaction.Clear());
        _writer!.ShrinkWhole();
        return cleared;
    }

    // Page by page, each a read of its own: nothing is held while the caller handles a key.
    /// <inheritdoc/>
    protected override IEnumerable<string> KeysCore(KeyPattern pattern)
    {
        var live = new List<string>();
        for (var from = Encoding.UTF8.GetBytes(pattern.LiteralPrefix); from is not null;)
        {
            live.Clear();
            from = Read((from, live), static (reader, call, now) => reader.Page(call.from, now, PageKeys, call.live));
            foreach (var key in live)
            {
                if (!key.StartsWith(pattern.LiteralPrefix, StringComparison.Ordinal)) yield break;
                if (pattern.IsMatch(key)) yield return key;
            }
        }
    }

    /// <inheritdoc/>
    protected override BackendUsage GetUsageCore()
    {
        var totals = Read(0, static (reader, _, _) => reader.Totals());
        return new BackendUsage { Entries = totals.Entries, SizeBytes = totals.SizeBytes };
    }

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        try
        {
            if (_writer is { Reads.IsEmpty: false }) _writer.Write(0, static (_, _) => 0);
        }
        catch (SqliteFaultException)
        {
            // What was read is not worth a fault: the entries themselves are there.
        }
        finally
        {
            _readers.Dispose();
            if (_writer is null) _connection.Dispose();
            _writer?.Dispose();
        }
    }

    private Lookup Find(string key) => new(_readers, _writer, key, _clock);

    // For what runs beside a caller's own code, whose exceptions must pass as they are: the base wraps nothing there.
    private Lookup FindOrWrap(string key)
    {
        try { return Find(key); }
        catch (SqliteFaultException fault) { throw new CacheBackendException($"{Name}: get failed: {fault.Message}", fault); }
    }

    private TResult Read<TState, TResult>(TState state, Func<EntryReader, TState, long, TResult> read)
    {
        var reader = _readers.Rent();
        try { return read(reader, state, NowMilliseconds); }
        finally { _readers.Return(reader); }
    }

    private TResult Write<TState, TResult>(TState state, Func<WriteTransaction, TState, TResult> work) =>
        _writer is null ? throw new CacheBackendException($"{Name}: the database was opened to be read only.") : _writer.Write(state, work);

    private void Count(WriteTransaction done)
    {
        if (done.Evictions != 0) CountEvictions(done.Evictions);
        if (done.Expirations != 0) CountExpirations(done.Expirations);
    }
}
