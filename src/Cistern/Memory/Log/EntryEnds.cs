namespace Cistern;

/// <summary>
/// The records of a shard that have an end, the next to expire first. An end that was moved or is gone stays in the queue and is passed over when its time comes; once
/// such dead ends are the larger part, they are dropped. Used under the shard's lock.
/// </summary>
/// <param name="store">The records.</param>
/// <param name="budget">Where its memory is taken from.</param>
internal sealed class EntryEnds(EntryStore store, LogBudget budget)
{
    private const int LeastRoom = 8;
    private const int PlaceBytes = 16;
    private const int ArrayBytes = 24;

    private PriorityQueue<uint, long> _ends = new();
    private int _room;
    private int _live;

    public bool IsEmpty => _ends.Count == 0;

    public long MemoryBytes => _room == 0 ? 0 : ArrayBytes + (long)_room * PlaceBytes;

    /// <summary>Makes sure that there is room for one more; false: there is no memory for it.</summary>
    public bool TryMakeRoom()
    {
        if (_ends.Count < _room) return true;
        if (_ends.Count > 2 * _live + LeastRoom)
        {
            DropDead();
            return true;
        }

        var room = Math.Max(LeastRoom, _room * 2);
        if (!budget.TryTakeMemory((room - _room) * (long)PlaceBytes + (_room == 0 ? ArrayBytes : 0))) return false;

        // At once what the queue would come to by itself: not a byte more than was taken.
        var grown = new PriorityQueue<uint, long>(room);
        grown.EnqueueRange(_ends.UnorderedItems);
        (_ends, _room) = (grown, room);
        return true;
    }

    /// <summary>A record has an end from now on. There must be room.</summary>
    /// <param name="hash">The hash of its key: a record moves, and its key does not.</param>
    /// <param name="end">The end.</param>
    public void Add(uint hash, long end)
    {
        _live++;
        _ends.Enqueue(hash, end);
    }

    /// <summary>A record with an end is gone, or about to have another one.</summary>
    public void Forget() => _live--;

    /// <summary>The address of the next record that has expired, and the hash of its key; false: there is none.</summary>
    public bool TryTakeExpired(long now, out uint address, out uint hash)
    {
        address = 0;
        while (_ends.TryPeek(out hash, out var end) && end <= now)
        {
            _ends.Dequeue();
            address = store.FindEnding(hash, end);
            if (address != 0) return true;
        }

        return false;
    }

    public void Clear()
    {
        budget.GiveBackMemory(MemoryBytes);
        (_ends, _room, _live) = (new PriorityQueue<uint, long>(), 0, 0);
    }

    private void DropDead()
    {
        var seen = new HashSet<(uint, long)>();
        var current = _ends.UnorderedItems.Where(item => store.FindEnding(item.Element, item.Priority) != 0 && seen.Add(item)).ToArray();
        _ends.Clear();
        _ends.EnqueueRange(current);
    }
}
