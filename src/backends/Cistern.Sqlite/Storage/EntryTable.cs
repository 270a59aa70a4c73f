using System.Buffers;

namespace Cistern;

/// <summary>The rows of a database for whoever writes them: one prepared statement each. Used inside a transaction, by one thread at a time.</summary>
internal sealed unsafe class EntryTable(SqliteConnection connection)
{
    private readonly SqliteStatement _find = connection.Prepare("SELECT id, version, expires_at, absolute_end, length(value) FROM entries WHERE key = ?1"u8);

    private readonly SqliteStatement _insert = connection.Prepare(
        "INSERT INTO entries(key, version, created_at, expires_at, ttl, absolute_end, accessed, metadata, value) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"u8);

    private readonly SqliteStatement _update = connection.Prepare(
        "UPDATE entries SET version = ?2, created_at = ?3, expires_at = ?4, ttl = ?5, absolute_end = ?6, accessed = ?7, metadata = ?8, value = ?9 WHERE id = ?1"u8);

    private readonly SqliteStatement _touch = connection.Prepare("UPDATE entries SET expires_at = ?2, ttl = ?3 WHERE id = ?1"u8);
    private readonly SqliteStatement _markUsed = connection.Prepare("UPDATE entries SET accessed = ?2 WHERE key = ?1 AND value IS NOT NULL"u8);
    private readonly SqliteStatement _delete = connection.Prepare("DELETE FROM entries WHERE id = ?1"u8);
    private readonly SqliteStatement _deleteEntries = connection.Prepare("DELETE FROM entries WHERE value IS NOT NULL"u8);
    private readonly SqliteStatement _countExpired = connection.Prepare("SELECT count(*) FROM entries WHERE expires_at <= ?1 AND value IS NOT NULL"u8);
    private readonly SqliteStatement _expired = connection.Prepare("SELECT id, length(value) FROM entries WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2"u8);
    private readonly SqliteStatement _leastUsed = connection.Prepare("SELECT id, length(value) FROM entries WHERE accessed IS NOT NULL ORDER BY accessed LIMIT ?1"u8);
    private readonly SqliteStatement _shorten = connection.Prepare("UPDATE entries SET expires_at = ?1 + ttl WHERE expires_at > ?1 + ttl"u8);
    private readonly SqliteStatement _bringBack = connection.Prepare("UPDATE entries SET created_at = ?1 WHERE expires_at IS NOT NULL AND created_at > ?1"u8);
    private readonly SqliteStatement _readTotals = connection.Prepare("SELECT entries, size_bytes, sequence, clock FROM totals WHERE id = 1"u8);
    private readonly SqliteStatement _writeTotals = connection.Prepare("UPDATE totals SET entries = ?1, size_bytes = ?2, sequence = ?3, clock = ?4 WHERE id = 1"u8);

    /// <summary>Finds the row of a key.</summary>
    public FoundRow Find(string key)
    {
        var row = _find.BindKey(1, key).Step()
            ? new FoundRow(_find.Number(0), _find.NumberOrNull(1), _find.NumberOrNull(2), _find.NumberOrNull(3), _find.NumberOrNull(4))
            : default;
        _find.Reset();
        return row;
    }

    /// <summary>Writes an entry over a row, or into a new one.</summary>
    public void Put(long id, in EntryDraft draft, long sequence)
    {
        var value = draft.Value;
        if (value.IsSingleSegment)
        {
            Put(id, draft, sequence, value.FirstSpan);
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent((int)value.Length);
        value.CopyTo(copy);
        Put(id, draft, sequence, copy.AsSpan(0, (int)value.Length));
        ArrayPool<byte>.Shared.Return(copy);
    }

    /// <summary>Turns a row into a tombstone, or makes one.</summary>
    public void PutTombstone(long id, string key, long version, long now, long retention)
    {
        var statement = Begin(id, key);
        statement.Bind(2, version).Bind(3, now).Bind(4, now + retention).Bind(5, retention).BindNull(6).BindNull(7).BindNull(8).BindNull(9).Run();
    }

    public void Touch(long id, long? expiresAt, long? timeToLive) => _touch.Bind(1, id).Bind(2, expiresAt).Bind(3, timeToLive).Run();

    public void MarkUsed(string key, long sequence) => _markUsed.BindKey(1, key).Bind(2, sequence).Run();

    public void Delete(long id) => _delete.Bind(1, id).Run();

    public void DeleteEntries() => _deleteEntries.Run();

    public long CountExpired(long now)
    {
        _countExpired.Bind(1, now).Step();
        var count = _countExpired.Number(0);
        _countExpired.Reset();
        return count;
    }

    /// <summary>Lists rows whose time is over, the longest over first.</summary>
    public void ListExpired(long now, int most, List<HeldRow> rows) => List(_expired.Bind(1, now).Bind(2, most), rows);

    /// <summary>Lists entries, the longest unused first.</summary>
    public void ListLeastUsed(int most, List<HeldRow> rows) => List(_leastUsed.Bind(1, most), rows);

    /// <summary>After the clock jumped back: lets nothing outlive its TTL, counted from now.</summary>
    public void ClampToNow(long now)
    {
        _shorten.Bind(1, now).Run();
        _bringBack.Bind(1, now).Run();
    }

    public Totals ReadTotals()
    {
        if (!_readTotals.Step()) throw new SqliteFaultException("the row of totals is missing");
        var totals = new Totals(_readTotals.Number(0), _readTotals.Number(1), _readTotals.Number(2), _readTotals.Number(3));
        _readTotals.Reset();
        return totals;
    }

    public void WriteTotals(in Totals totals) => _writeTotals.Bind(1, totals.Entries).Bind(2, totals.SizeBytes).Bind(3, totals.Sequence).Bind(4, totals.Clock).Run();

    private static void List(SqliteStatement statement, List<HeldRow> rows)
    {
        rows.Clear();
        while (statement.Step()) rows.Add(new HeldRow(statement.Number(0), statement.NumberOrNull(1)));
        statement.Reset();
    }

    private SqliteStatement Begin(long id, string key) => id == 0 ? _insert.BindKey(1, key) : _update.Bind(1, id);

    private void Put(long id, in EntryDraft draft, long sequence, ReadOnlySpan<byte> value)
    {
        var statement = Begin(id, draft.Key);
        statement.Bind(2, draft.Version).Bind(3, draft.CreatedAtMilliseconds).Bind(4, draft.ExpiresAtMilliseconds)
            .Bind(5, draft.ExpiresAtMilliseconds - draft.CreatedAtMilliseconds).Bind(6, draft.AbsoluteExpirationMilliseconds).Bind(7, sequence);
        if (draft.Metadata is { } metadata) statement.BindText(8, MetadataText.Write(metadata));
        else statement.BindNull(8);
        fixed (byte* bytes = value) statement.BindBlob(9, bytes, value.Length).Run();
    }
}
