namespace Cistern;

/// <summary>
/// What one transaction does: the rules of the contract over the rows of <see cref="EntryTable"/>. It sees the database as it is once every
/// other process has finished; it begins and ends by <see cref="EntryWriter"/>.
/// </summary>
internal sealed class WriteTransaction
{
    // So many expired rows each write takes along, and a larger batch about as many as it stores: enough to keep pace, few enough to delay nobody.
    private const int SweepRows = 64;
    private const int PageBytes = 4096;

    private readonly EntryTable _table;
    private readonly SqliteBackendOptions _options;
    private readonly long _now;
    private readonly List<HeldRow> _rows = [];
    private readonly Totals _before;
    private Totals _totals;
    private int _stored;

    /// <summary>Looks where the database stands.</summary>
    /// <param name="table">Its rows, in a transaction that has begun.</param>
    /// <param name="options">Bounds and retention.</param>
    /// <param name="now">Now, in milliseconds since 1970.</param>
    public WriteTransaction(EntryTable table, SqliteBackendOptions options, long now)
    {
        _table = table;
        _options = options;
        _now = now;
        _before = _totals = table.ReadTotals();
    }

    /// <summary>What the database holds.</summary>
    public Totals Totals => _totals;

    /// <summary>How many rows were removed, or lost much of their value, so that the file may shrink.</summary>
    public long RemovedRows { get; private set; }

    /// <summary>Entries removed for room.</summary>
    public long Evictions { get; private set; }

    /// <summary>Entries removed because their time was over.</summary>
    public long Expirations { get; private set; }

    /// <summary>If the clock has jumped back: lets nothing outlive its TTL.</summary>
    public void FollowTheClock()
    {
        if (_now + EntryReader.ClockTolerance >= _totals.Clock) return;
        _table.ClampToNow(_now);
        _totals = _totals with { Clock = _now };
    }

    /// <summary>Brings what was read into the order of use.</summary>
    /// <param name="keys">The keys, the longest ago first.</param>
    public void MarkUsed(IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            _totals = _totals with { Sequence = _totals.Sequence + 1 };
            _table.MarkUsed(key, _totals.Sequence);
        }
    }

    /// <summary>Removes some of what has expired; true when there may be more.</summary>
    public bool Sweep()
    {
        _table.ListExpired(_now, SweepRows, _rows);
        foreach (var row in _rows)
        {
            if (row.SizeBytes is not null) Expirations++;
            Remove(row);
        }

        return _rows.Count == SweepRows;
    }

    /// <summary>Stores an entry if it fits and its condition holds.</summary>
    public SetOutcome Store(in EntryDraft draft)
    {
        if (draft.Value.Length > _options.LongestValue) return SetOutcome.TooLarge;
        var row = _table.Find(draft.Key);
        var isLive = row.IsLiveEntry(_now);
        if (draft.Refusal(isLive, isLive ? row.Version : null, row.IsLiveTombstone(_now) ? row.Version : null) is { } refused) return refused;
        _totals = _totals with
        {
            Sequence = _totals.Sequence + 1,
            Entries = _totals.Entries + (row.IsEntry ? 0 : 1),
            SizeBytes = _totals.SizeBytes + draft.Value.Length - (row.SizeBytes ?? 0),
        };
        if (row.IsEntry && row.IsExpired(_now)) Expirations++;
        if (row.SizeBytes - draft.Value.Length > PageBytes) RemovedRows++;
        Stamp(Math.Max(_now, draft.CreatedAtMilliseconds));
        _table.Put(row.Id, draft, _totals.Sequence);
        _stored++;
        return SetOutcome.Stored;
    }

    /// <summary>Gives a live entry a new end, no later than its absolute one.</summary>
    public bool Touch(string key, long? expiresAt)
    {
        var row = _table.Find(key);
        if (!row.IsLiveEntry(_now)) return false;
        if (row.AbsoluteEnd is { } end) expiresAt = Math.Min(end, expiresAt ?? end);
        Stamp(_now);
        _table.Touch(row.Id, expiresAt, expiresAt - _now);
        return true;
    }

    /// <summary>Deletes a key; with a version, leaves a tombstone unless the entry is newer.</summary>
    public bool Delete(string key, long? version)
    {
        var row = _table.Find(key);
        var isLive = row.IsLiveEntry(_now);
        if (isLive && row.Version > version) return false;
        if (version is { } deletion)
        {
            var kept = row.IsLiveTombstone(_now) ? Math.Max(deletion, row.Version ?? deletion) : deletion;
            _table.PutTombstone(row.Id, key, kept, _now, _options.TombstoneMilliseconds);
            Stamp(_now);
            if (row.IsEntry) RemovedRows++;
        }
        else if (row.IsThere)
        {
            _table.Delete(row.Id);
            RemovedRows++;
        }

        if (row.IsEntry) Count(row.SizeBytes!.Value);
        if (row.IsEntry && !isLive) Expirations++;
        return isLive;
    }

    /// <summary>Removes every entry, and keeps tombstones; returns how many live entries that were.</summary>
    public long Clear()
    {
        var expired = _table.CountExpired(_now);
        var live = _totals.Entries - expired;
        _table.DeleteEntries();
        RemovedRows += _totals.Entries;
        _totals = _totals with { Entries = 0, SizeBytes = 0 };
        Expirations += expired;
        return live;
    }

    /// <summary>Makes room where it is needed, and writes the totals down: the last step.</summary>
    public void Settle()
    {
        // At the end, as nobody sees what was in between: the last entries of the transaction are the last to go.
        for (var stored = _stored; stored > SweepRows && Sweep(); stored -= SweepRows)
        {
        }

        MakeRoom();
        if (_totals != _before) _table.WriteTotals(_totals);
    }

    // Whatever has a TTL counted from a moment: the clock has been there. It may be behind that again by now.
    private void Stamp(long moment) => _totals = _totals with { Clock = Math.Max(_totals.Clock, moment) };

    private void MakeRoom()
    {
        while (IsOverBounds() && Sweep())
        {
        }

        while (IsOverBounds())
        {
            _table.ListLeastUsed(SweepRows, _rows);
            if (_rows.Count == 0) return;
            foreach (var row in _rows)
            {
                if (!IsOverBounds()) return;
                Remove(row);
                Evictions++;
            }
        }
    }

    private bool IsOverBounds() => _totals.Entries > _options.Capacity || _totals.SizeBytes > _options.MaxSizeBytes;

    private void Remove(HeldRow row)
    {
        _table.Delete(row.Id);
        RemovedRows++;
        if (row.SizeBytes is { } size) Count(size);
    }

    // One entry less.
    private void Count(long sizeBytes) => _totals = _totals with { Entries = _totals.Entries - 1, SizeBytes = _totals.SizeBytes - sizeBytes };
}
