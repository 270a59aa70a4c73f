namespace Cistern;

/// <summary>
/// Slots of entries with a TTL, the next to expire first. An end that was moved or taken away stays in the queue and is passed over when its
/// time comes; once such dead ends are the larger part, the queue is built anew. It holds numbers only: nothing that is gone is kept alive by it. Used under the table's lock.
/// </summary>
internal sealed class EndQueue(EntrySlots slots)
{
    private const int LeastDead = 64;

    private readonly PriorityQueue<int, long> _ends = new();
    private int _live;

    public bool IsEmpty => _ends.Count == 0;

    /// <summary>An entry has a state from now on.</summary>
    public void Add(int slot)
    {
        var end = slots[slot].State.ExpiresAt;
        if (end == HeldState.Never) return;
        _live++;
        if (_ends.Count > 2 * _live + LeastDead) DropDead();
        _ends.Enqueue(slot, end);
    }

    /// <summary>An entry's state is about to be replaced, or the entry removed.</summary>
    public void Forget(int slot)
    {
        if (slots[slot].State.ExpiresAt != HeldState.Never) _live--;
    }

    /// <summary>The slot of the next entry that has expired; -1: there is none.</summary>
    public int NextExpired(long now)
    {
        while (_ends.TryPeek(out var slot, out var end) && end <= now)
        {
            _ends.Dequeue();
            if (IsCurrent(slot, end)) return slot;
        }

        return -1;
    }

    public void Clear()
    {
        _ends.Clear();
        _live = 0;
    }

    /// <summary>Begins anew, as slots got other numbers.</summary>
    public void Rebuild()
    {
        Clear();
        foreach (var slot in slots.InOrder()) Add(slot);
        _ends.TrimExcess();
    }

    // Whatever is in the slot by now: it ends at that very time.
    private bool IsCurrent(int slot, long end) => slots[slot].Key is not null && slots[slot].State.ExpiresAt == end;

    private void DropDead()
    {
        var seen = new HashSet<int>();
        var current = _ends.UnorderedItems.Where(item => IsCurrent(item.Element, item.Priority) && seen.Add(item.Element)).ToArray();
        _ends.Clear();
        _ends.EnqueueRange(current);
    }
}
