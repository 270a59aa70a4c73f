namespace Cistern;

/// <summary>
/// The keys that were read since the last write, so that a read need not be a write. They are written with the next one, in their order.
/// A read that would move an entry by less than an eighth of all entries is left out: the order is exact among few entries, coarse among many.
/// Safe for concurrent use.
/// </summary>
internal sealed class RecentReads
{
    /// <summary>So many noted keys are worth a write of their own.</summary>
    public const int Enough = 1024;

    /// <summary>So many are kept while no write is to be had; then the half that was read longest ago is forgotten.</summary>
    public const int Most = 4 * Enough;

    private const int Coarseness = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _noted = [];
    private long _reads;
    private long _sequence;
    private long _entries;

    /// <summary>Whether nothing waits to be written.</summary>
    public bool IsEmpty
    {
        get { lock (_lock) return _noted.Count == 0; }
    }

    private long Slack => Volatile.Read(ref _entries) / Coarseness;

    /// <summary>Whether an entry's last use shows that others have used so many since <see cref="Follow"/> that the order would suffer.</summary>
    /// <param name="accessed">The number of the entry's last use, as the database has it.</param>
    public bool IsBehind(long accessed) => accessed > Volatile.Read(ref _sequence) + Slack;

    /// <summary>Notes a read; true when enough of them wait to be written, and then not at each one more but now and then.</summary>
    /// <param name="key">The key that was read.</param>
    /// <param name="accessed">The number of the entry's last use, as the database has it.</param>
    public bool Note(string key, long accessed)
    {
        // Another process has written since: uses count on from there. A race of two costs an entry its place for a moment.
        if (accessed > Volatile.Read(ref _sequence)) Volatile.Write(ref _sequence, accessed);
        var slack = Slack;
        if (Volatile.Read(ref _sequence) + Volatile.Read(ref _reads) - accessed < slack) return false;
        lock (_lock)
        {
            if (_noted.TryGetValue(key, out var before) && _reads - before <= slack) return false;
            var noted = _noted.Count;
            _noted[key] = ++_reads;
            if (_noted.Count == noted) return false;
            if (_noted.Count > Most) ForgetHalf();
            return _noted.Count % Enough == 0;
        }
    }

    /// <summary>Takes what was noted, the longest ago first.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_lock)
        {
            if (_noted.Count == 0) return [];
            var keys = LongestAgoFirst();
            _noted.Clear();
            _reads = 0;
            return keys;
        }
    }

    /// <summary>Learns where the database stands.</summary>
    public void Follow(in Totals totals)
    {
        Volatile.Write(ref _sequence, totals.Sequence);
        Volatile.Write(ref _entries, totals.Entries);
    }

    private string[] LongestAgoFirst() => [.. _noted.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    private void ForgetHalf()
    {
        foreach (var key in LongestAgoFirst().AsSpan(0, Most / 2)) _noted.Remove(key);
    }
}
