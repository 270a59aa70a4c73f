namespace Cistern;

/// <summary>The latest audit entries, in memory, capped: beyond the cap the oldest are dropped and counted. Safe for concurrent use.</summary>
public sealed class AuditLog
{
    private readonly Lock _lock = new();
    private readonly Queue<AuditEntry> _entries = new();
    private readonly IAuditSink? _sink;
    private AuditEntry? _pending;
    private long _dropped;
    private long _sinkFailures;

    /// <summary>Creates a log.</summary>
    /// <param name="capacity">The most entries held; at least 1.</param>
    /// <param name="sink">Receives every entry as well; null: nobody does.</param>
    public AuditLog(int capacity = 1000, IAuditSink? sink = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _sink = sink;
    }

    /// <summary>The most entries held.</summary>
    public int Capacity { get; }

    /// <summary>How many entries were dropped to stay within the capacity.</summary>
    public long Dropped
    {
        get { lock (_lock) return _dropped; }
    }

    /// <summary>How many entries the sink failed to take.</summary>
    public long SinkFailures
    {
        get { lock (_lock) return _sinkFailures; }
    }

    /// <summary>A copy of the entries held, oldest first.</summary>
    public IReadOnlyList<AuditEntry> Entries
    {
        get { lock (_lock) return _pending is null ? [.. _entries] : [.. _entries, _pending]; }
    }

    /// <summary>Notes a decision. Of the same state noted again, only the count grows.</summary>
    /// <param name="entry">The decision.</param>
    public void Record(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_lock)
        {
            if (_pending?.Action == entry.Action)
            {
                _pending = _pending with { Count = _pending.Count + entry.Count };
                return;
            }

            Settle();
            if (entry.Action is AuditAction.SkippedEmptySource or AuditAction.ManualInterventionRequired)
            {
                MakeRoom();
                _pending = entry;
                return;
            }

            Keep(entry);
        }
    }

    /// <summary>Hands a state that still lasts to the sink, with its count so far. If it goes on after that, it is noted anew.</summary>
    public void Flush()
    {
        lock (_lock) Settle();
    }

    private void Settle()
    {
        if (_pending is not { } settled) return;
        _pending = null;
        Keep(settled);
    }

    private void Keep(AuditEntry entry)
    {
        MakeRoom();
        _entries.Enqueue(entry);
        try { _sink?.Write(entry); }
        catch (Exception) { _sinkFailures++; }
    }

    private void MakeRoom()
    {
        if (_entries.Count < Capacity) return;
        _entries.Dequeue();
        _dropped++;
    }
}
