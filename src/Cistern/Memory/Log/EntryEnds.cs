namespace Cistern;

/// <summary>
/// When to look for entries that have expired: for each entry with an end a time that is no later, the next first. An end that is put off moves nothing: at the time
/// it had before, the entry is looked at, and its new end takes the place. What is for nothing, as the entry is gone, is dropped then, or once it
/// is the larger part. Used under the shard's lock.
/// </summary>
/// <param name="store">The entries.</param>
/// <param name="budget">Where its memory is taken from.</param>
internal sealed class EntryEnds(EntryStore store, LogBudget budget)
{
    private const int LeastRoom = 8;
    private const int LeastDead = 64;
    private const int PlaceBytes = 16;
    private const int ArrayBytes = 24;

    // Hashes and not addresses: an entry moves, and its key does not.
    private PriorityQueue<uint, long> _times = new();
    private int _room;
    private int _live;

    public bool IsEmpty => _times.Count == 0;

    public long MemoryBytes => _room == 0 ? 0 : ArrayBytes + (long)_room * PlaceBytes;

    /// <summary>Makes sure that there is room for one more; false: there is no memory for it.</summary>
    public bool TryMakeRoom()
    {
        if (_times.Count < _room) return true;
        if (_times.Count > 2 * _live + LeastDead) DropDead();
        if (_times.Count < _room) return true;
        var room = Math.Max(LeastRoom, _room * 2);
        if (!budget.TryTakeMemory((room - _room) * (long)PlaceBytes + (_room == 0 ? ArrayBytes : 0))) return false;

        // At once what the queue would come to by itself: not a byte more than was taken.
        var grown = new PriorityQueue<uint, long>(room);
        grown.EnqueueRange(_times.UnorderedItems);
        (_times, _room) = (grown, room);
        return true;
    }

    /// <summary>An entry has another end. There must be room.</summary>
    /// <param name="hash">The hash of its key.</param>
    /// <param name="before">The end before; never: it had none, or was not there.</param>
    /// <param name="after">The end from now on; never: it has none, or is gone.</param>
    public void Change(uint hash, long before, long after)
    {
        if (before != StoredEntry.Never) _live--;
        if (after != StoredEntry.Never) _live++;
        if (after < before) _times.Enqueue(hash, after);
    }

    /// <summary>The address of the next entry that has expired, and the hash of its key; false: there is none.</summary>
    public bool TryTakeExpired(long now, out uint address, out uint hash)
    {
        while (_times.TryPeek(out hash, out var time) && time <= now)
        {
            (address, var end) = store.FindEnding(hash);
            if (address != 0 && end <= now) return true;
            _times.Dequeue();
            if (address != 0) _times.Enqueue(hash, end);
        }

        address = 0;
        return false;
    }

    public void Clear()
    {
        budget.GiveBackMemory(MemoryBytes);
        (_times, _room, _live) = (new PriorityQueue<uint, long>(), 0, 0);
    }

    // Two keys with the same hash share a time: whichever ends first is found.
    private void DropDead()
    {
        var hashes = _times.UnorderedItems.Select(item => item.Element).Distinct().ToArray();
        _times.Clear();
        foreach (var hash in hashes)
        {
            if (store.FindEnding(hash) is (not 0, var end)) _times.Enqueue(hash, end);
        }
    }
}
