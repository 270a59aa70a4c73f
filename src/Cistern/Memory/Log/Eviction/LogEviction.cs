namespace Cistern;

/// <summary>
/// Evicts entries of two logs by a rule. It sees an entry when it is added, and when it is the oldest of its log; in between, a lookup only raises the count of
/// its uses. What it remembers of keys: which were evicted not long ago, and about how often they were asked for. Used under one lock.
/// </summary>
/// <param name="goal">What it makes the most of.</param>
internal sealed class LogEviction(EvictionGoal goal)
{
    /// <summary>The most uses that are counted of an entry.</summary>
    public const int MostUses = 3;

    // So many entries are passed over in the main log before one goes that was used, too.
    private const int MostPassed = 32;

    // What comes must have been asked for more often than what is there by more than this: else both would take turns.
    private const int Margin = 1;
    private const int GhostParts = 10;
    private const int GhostShare = 9;

    private readonly GhostTable _ghosts = new();
    private readonly FrequencySketch _sketch = new();
    private int _entries;

    /// <summary>What is remembered, in bytes.</summary>
    public long MemoryBytes => _ghosts.MemoryBytes + _sketch.MemoryBytes;

    /// <summary>How many entries it is made for.</summary>
    public int Room => _entries;

    /// <summary>What remembering takes for a cache of so many entries.</summary>
    public static long BytesFor(int entries) => GhostTable.BytesFor(GhostsFor(entries)) + FrequencySketch.BytesFor(entries);

    /// <summary>Begins anew, for a cache of so many entries.</summary>
    public void Resize(int entries)
    {
        _entries = entries;
        _ghosts.Resize(GhostsFor(entries));
        _sketch.Resize(entries);
    }

    public void Clear()
    {
        _entries = 0;
        _ghosts.Clear();
        _sketch.Clear();
    }

    /// <summary>Where a new entry goes.</summary>
    public LogName LogOfNew(uint hash, EvictionRule rule)
    {
        _sketch.Add(hash);
        return _ghosts.Take(hash) && rule.RemembersEvicted ? LogName.Main : LogName.Small;
    }

    /// <summary>Evicts one entry; false: there is none, or none that may go.</summary>
    /// <param name="logs">The logs.</param>
    /// <param name="rule">What it goes by.</param>
    /// <param name="ahead">The bytes that were evicted since an entry was added: room for what comes.</param>
    /// <param name="mostSteps">How many entries may be looked at.</param>
    public bool TryEvict<TLogs>(TLogs logs, EvictionRule rule, long ahead, int mostSteps)
        where TLogs : IEvictionLogs
    {
        // What comes next goes to the small log: it is as large as it will then be.
        var room = logs.SmallBytes + logs.MainBytes + ahead;
        var smallRoom = Math.Max((long)(room * rule.SmallShare), ahead + 1);
        var mainRoom = room - smallRoom;
        for (var step = 0; step < mostSteps; step++)
        {
            var isSmallDue = logs.SmallBytes + ahead >= smallRoom || logs.MainBytes == 0;
            if (isSmallDue && logs.TryPeek(LogName.Small, out var candidate))
            {
                if (TryEvictSmall(logs, rule, candidate, mainRoom)) return true;
            }
            else
            {
                if (!TryPassMain(logs, rule, out _)) return logs.TryPeek(LogName.Small, out _) && logs.TryEvict(LogName.Small);
                if (logs.TryEvict(LogName.Main)) return true;
            }
        }

        return false;
    }

    private static int GhostsFor(int entries) => Math.Max(1, (int)((long)entries * GhostShare / GhostParts));

    private bool TryEvictSmall<TLogs>(TLogs logs, EvictionRule rule, OldestEntry candidate, long mainRoom)
        where TLogs : IEvictionLogs
    {
        if (!rule.Compares)
        {
            if (candidate.Uses > 0)
            {
                _sketch.Add(candidate.Hash, candidate.Uses);
                if (logs.TryKeep(LogName.Small, 0)) return false;
            }

            _ghosts.Add(candidate.Hash);
            return logs.TryEvict(LogName.Small);
        }

        if (logs.MainBytes + candidate.Bytes <= mainRoom)
        {
            if (logs.TryRelabel(mainRoom - logs.MainBytes) || logs.TryKeep(LogName.Small, candidate.Uses)) return false;
            return logs.TryEvict(LogName.Small);
        }

        if (!TryPassMain(logs, rule, out var victim))
        {
            _sketch.Add(candidate.Hash, candidate.Uses);
            return !logs.TryKeep(LogName.Small, 0) && logs.TryEvict(LogName.Small);
        }

        var wanted = (long)(_sketch.Estimate(candidate.Hash) + candidate.Uses);
        var held = (long)(_sketch.Estimate(victim.Hash) + victim.Uses);
        _sketch.Add(candidate.Hash, candidate.Uses);
        var isBetter = goal == EvictionGoal.ByteHits ? wanted > held + Margin : wanted * victim.Bytes > (held + Margin) * candidate.Bytes;
        if ((rule.KeepsUsed && candidate.Uses > 0) || isBetter)
        {
            // The victim first: its room is the candidate's.
            var isEvicted = logs.TryEvict(LogName.Main);
            if (isEvicted) logs.TryKeep(LogName.Small, 0);
            return isEvicted;
        }

        _ghosts.Add(candidate.Hash);
        return logs.TryEvict(LogName.Small);
    }

    // Passes over what was used in the main log, up to what was not.
    private bool TryPassMain<TLogs>(TLogs logs, EvictionRule rule, out OldestEntry victim)
        where TLogs : IEvictionLogs
    {
        for (var passed = 0; logs.TryPeek(LogName.Main, out victim); passed++)
        {
            if (victim.Uses == 0 || passed == MostPassed) return true;
            _sketch.Add(victim.Hash, rule.ForgetsUses ? victim.Uses : 1);
            if (!logs.TryKeep(LogName.Main, rule.ForgetsUses ? 0 : victim.Uses - 1)) return true;
        }

        return false;
    }
}
