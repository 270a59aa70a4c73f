namespace Cistern;

/// <summary>
/// A cache of a sample of the keys that holds no values: what a rule's hit ratio would be. Evicts as shards do. Used under one lock.
/// </summary>
internal sealed class ShadowCache : IEvictionLogs
{
    private const int None = -1;
    private const int NodeBytes = 16;
    private const int TableBytes = 2 * sizeof(int);
    private const int FixedBytes = 400;

    private readonly EvictionRule _rule;
    private readonly LogEviction _eviction;
    private readonly long _roomBytes;
    private readonly Node[] _nodes;
    private readonly int[] _table;
    private readonly (int Oldest, int Newest)[] _logs = [(None, None), (None, None)];
    private readonly long[] _bytes = new long[2];
    private int _used;
    private int _free = None;
    private int _count;

    /// <param name="rule">What it evicts by.</param>
    /// <param name="entries">For about so many entries.</param>
    /// <param name="roomBytes">How many bytes these may have.</param>
    /// <param name="goal">What it makes the most of.</param>
    public ShadowCache(EvictionRule rule, int entries, long roomBytes, EvictionGoal goal)
    {
        _eviction = new LogEviction(goal);
        _rule = rule;
        _roomBytes = roomBytes;
        _eviction.Resize(entries);
        _nodes = new Node[NodesFor(entries)];
        _table = new int[2 * _nodes.Length];
        _table.AsSpan().Fill(None);
    }

    public long SmallBytes => _bytes[(int)LogName.Small];

    public long MainBytes => _bytes[(int)LogName.Main];

    /// <summary>What one holds, in bytes.</summary>
    public static long BytesFor(int entries) => FixedBytes + LogEviction.BytesFor(entries) + NodesFor(entries) * (long)(NodeBytes + TableBytes);

    /// <summary>Looks a key up, and takes it in if it is not there.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Ask(uint hash, int bytes)
    {
        for (var place = HomeOf(hash); _table[place] is not None and var found; place = Next(place))
        {
            ref var node = ref _nodes[found];
            if (node.Hash != hash) continue;
            node.Uses = Math.Min(node.Uses + 1, LogEviction.MostUses);
            return true;
        }

        Add(hash, bytes);
        return false;
    }

    public bool TryPeek(LogName log, out OldestEntry oldest)
    {
        var number = _logs[(int)log].Oldest;
        if (number == None)
        {
            oldest = default;
            return false;
        }

        ref var node = ref _nodes[number];
        oldest = new OldestEntry(node.Hash, node.Uses, node.Bytes);
        return true;
    }

    public bool TryKeep(LogName log, int uses)
    {
        var number = Take(log);
        _nodes[number].Uses = uses;
        Append(LogName.Main, number);
        return true;
    }

    public bool TryEvict(LogName log)
    {
        var number = Take(log);
        Forget(_nodes[number].Hash);
        _nodes[number].Newer = _free;
        _free = number;
        _count--;
        return true;
    }

    // An entry at a time: nothing is saved by moving many.
    public bool TryRelabel(long bytes) => false;

    // More than the average says, where entries become smaller.
    private static int NodesFor(int entries) => entries + entries / 4 + 16;

    private void Add(uint hash, int bytes)
    {
        if (bytes > _roomBytes) return;
        var log = _eviction.LogOfNew(hash, _rule);
        while ((SmallBytes + MainBytes + bytes > _roomBytes || _count == _nodes.Length) && _eviction.TryEvict(this, _rule, ahead: 0, mostSteps: 4 * _nodes.Length))
        {
        }

        if (_count == _nodes.Length) return;
        var number = _free;
        if (number == None) number = _used++;
        else _free = _nodes[number].Newer;
        _nodes[number] = new Node { Hash = hash, Bytes = bytes };
        Append(log, number);
        _count++;
        var place = HomeOf(hash);
        while (_table[place] != None) place = Next(place);
        _table[place] = number;
    }

    private void Append(LogName log, int number)
    {
        ref var ends = ref _logs[(int)log];
        _nodes[number].Newer = None;
        if (ends.Newest == None) ends.Oldest = number;
        else _nodes[ends.Newest].Newer = number;
        ends.Newest = number;
        _bytes[(int)log] += _nodes[number].Bytes;
    }

    private int Take(LogName log)
    {
        ref var ends = ref _logs[(int)log];
        var number = ends.Oldest;
        ends.Oldest = _nodes[number].Newer;
        if (ends.Oldest == None) ends.Newest = None;
        _bytes[(int)log] -= _nodes[number].Bytes;
        return number;
    }

    // With backward shift, as there are no marks for what was removed (Knuth, TAOCP 3, 6.4, algorithm R).
    private void Forget(uint hash)
    {
        var hole = HomeOf(hash);
        while (_nodes[_table[hole]].Hash != hash) hole = Next(hole);
        for (var place = Next(hole); _table[place] != None; place = Next(place))
        {
            var home = HomeOf(_nodes[_table[place]].Hash);
            if (Distance(home, place) < Distance(hole, place)) continue;
            _table[hole] = _table[place];
            hole = place;
        }

        _table[hole] = None;
    }

    private int HomeOf(uint hash) => KeyHash.PlaceOf(hash, _table.Length);

    private int Next(int place) => place + 1 == _table.Length ? 0 : place + 1;

    private int Distance(int from, int to) => to >= from ? to - from : to - from + _table.Length;

    private struct Node
    {
        public uint Hash;
        public int Bytes;
        public int Uses;

        /// <summary>The next in its log; of a free one, the next free one; -1: none.</summary>
        public int Newer;
    }
}
