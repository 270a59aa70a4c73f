namespace Cistern;

/// <summary>
/// A connection that looks entries up. What a lookup found lies in SQLite's own memory until <see cref="Release"/>. Used by one thread at a time.
/// </summary>
internal sealed class EntryReader : IDisposable
{
    /// <summary>How far ahead of the clock the setting of an entry may lie before it is taken for a jump of the clock.</summary>
    public const long ClockTolerance = 1_000;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _find;

    // Prepared when they are first needed, and once more if that went wrong.
    private SqliteStatement? _inspect;
    private SqliteStatement? _exists;
    private SqliteStatement? _page;
    private SqliteStatement? _totals;
    private SqliteStatement? _begin;
    private SqliteStatement? _commit;

    /// <summary>Takes over a connection.</summary>
    /// <param name="connection">The connection, set up to look entries up.</param>
    /// <param name="isReusable">Whether it will look at the right tables for as long as it is open.</param>
    public EntryReader(SqliteConnection connection, bool isReusable = true)
    {
        _connection = connection;
        IsReusable = isReusable;
        _find = connection.Prepare("SELECT value, expires_at, ttl, accessed FROM entries WHERE key = ?1"u8);
    }

    /// <summary>Whether it may be lent again: not when it looks at tables that may soon be others, nor when it has begun a transaction that it could not end.</summary>
    public bool IsReusable { get; private set; }

    /// <summary>How many lookups of this reader found something: counted by whoever wants to know.</summary>
    public int Hits { get; set; }

    /// <summary>The value that was found.</summary>
    public ReadOnlySpan<byte> Value => _find.Bytes(0);

    /// <summary>Looks a key up. The value of a hit is in <see cref="Value"/> until <see cref="Release"/>, which every lookup must end with.</summary>
    /// <param name="key">The key.</param>
    /// <param name="clock">Now, in milliseconds since 1970; read only for an entry that has an end.</param>
    public FoundValue Find(string key, Func<long> clock)
    {
        if (!_find.BindKey(1, key).Step() || _find.IsNull(0)) return default;
        var accessed = _find.Number(3);
        if (_find.IsNull(1)) return new FoundValue(true, false, accessed);
        var (expiresAt, now) = (_find.Number(1), clock());
        return new FoundValue(expiresAt > now, expiresAt - _find.Number(2) > now + ClockTolerance, accessed);
    }

    /// <summary>Ends a lookup; what it found is gone.</summary>
    public void Release() => _find.Reset();

    /// <summary>Reads an entry whole; null when no live one is there.</summary>
    public CacheEntry? Inspect(string key, long now)
    {
        var row = _inspect ??= _connection.Prepare("SELECT value, version, created_at, expires_at, ttl, absolute_end, metadata FROM entries WHERE key = ?1"u8);
        try
        {
            if (!row.BindKey(1, key).Step() || row.IsNull(0)) return null;
            var expiresAt = row.NumberOrNull(3);
            if (expiresAt <= now) return null;
            if (row.NumberOrNull(4) is { } timeToLive && expiresAt - timeToLive > now) expiresAt = now + timeToLive;
            var entry = new CacheEntry
            {
                Key = key,
                Value = row.Bytes(0).ToArray(),
                CreatedAt = Instant(Math.Min(row.Number(2), now)),
                ExpiresAt = expiresAt is { } end ? Instant(end) : null,
                AbsoluteExpiration = row.NumberOrNull(5) is { } absolute ? Instant(absolute) : null,
                Version = row.NumberOrNull(1),
            };
            return row.IsNull(6) ? entry : entry with { Metadata = MetadataText.Read(row.Bytes(6)) };
        }
        finally
        {
            row.Reset();
        }
    }

    public bool Exists(string key, long now)
    {
        var row = _exists ??= _connection.Prepare("SELECT 1 FROM entries WHERE key = ?1 AND value IS NOT NULL AND (expires_at IS NULL OR expires_at > ?2)"u8);
        var isThere = row.BindKey(1, key).Bind(2, now).Step();
        row.Reset();
        return isThere;
    }

    /// <summary>
    /// Reads the next keys in the order of their bytes; returns where the page after this one begins, or null when this was the last. By bytes, as
    /// a row that something else wrote may have a key that no string stands for; it is left out.
    /// </summary>
    /// <param name="from">The bytes from which on.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    /// <param name="most">How many rows to read.</param>
    /// <param name="live">Receives the keys of live entries.</param>
    public byte[]? Page(byte[] from, long now, int most, List<string> live)
    {
        // Texts sort before the empty blob, and blobs are no keys.
        var row = _page ??= _connection.Prepare("""
            SELECT key, value IS NOT NULL AND (expires_at IS NULL OR expires_at > ?2) FROM entries WHERE key >= ?1 AND key < x'' ORDER BY key LIMIT ?3
            """u8);
        row.BindText(1, from).Bind(2, now).Bind(3, most);
        byte[]? next = null;
        for (var read = 1; row.Step(); read++)
        {
            var key = row.Bytes(0);
            if (row.Number(1) != 0 && EntryKey.Read(key) is { } text) live.Add(text);

            // The least text that is greater than this one.
            if (read == most) next = [.. key, 0];
        }

        row.Reset();
        return next;
    }

    public Totals Totals()
    {
        var row = _totals ??= _connection.Prepare("SELECT entries, size_bytes, sequence, clock FROM totals WHERE id = 1"u8);
        if (!row.Step()) throw new SqliteFaultException("the row of totals is missing");
        var totals = new Totals(row.Number(0), row.Number(1), row.Number(2), row.Number(3));
        row.Reset();
        return totals;
    }

    /// <summary>Does several lookups that all see one state of the database.</summary>
    public void InOneSnapshot<TState>(TState state, Action<EntryReader, TState> lookups)
    {
        _begin ??= _connection.Prepare("BEGIN"u8);
        _commit ??= _connection.Prepare("COMMIT"u8);
        _begin.Run();
        var wasReusable = IsReusable;
        IsReusable = false;
        try
        {
            lookups(this, state);
        }
        finally
        {
            Release();
            _commit.Run();
            IsReusable = wasReusable;
        }
    }

    public void Dispose() => _connection.Dispose();

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
