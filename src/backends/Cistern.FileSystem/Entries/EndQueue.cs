namespace Cistern;

/// <summary>
/// Entries with a TTL, the next to expire first. An end that was moved or taken away stays in the queue and is passed over when its time
/// comes; once such dead ends are the larger part, the queue is built anew. Used under the table's lock.
/// </summary>
internal sealed class EndQueue
{
    private const int LeastDead = 64;

    private readonly PriorityQueue<(HeldEntry Entry, HeldState State), long> _ends = new();
    private int _live;

    public bool IsEmpty => _ends.Count == 0;

    public void Add(HeldEntry entry)
    {
        if (entry.State.ExpiresAt == HeldState.Never) return;
        _live++;
        if (_ends.Count > 2 * _live + LeastDead) DropDead();
        _ends.Enqueue((entry, entry.State), entry.State.ExpiresAt);
    }

    /// <summary>An entry's state is about to be replaced, or the entry removed.</summary>
    public void Forget(HeldState state)
    {
        if (state.ExpiresAt != HeldState.Never) _live--;
    }

    /// <summary>The next entry that has expired; null when there is none.</summary>
    public HeldEntry? NextExpired(long now)
    {
        while (_ends.TryPeek(out var next, out var end) && end <= now)
        {
            _ends.Dequeue();
            if (IsCurrent(next)) return next.Entry;
        }

        return null;
    }

    public void Clear()
    {
        _ends.Clear();
        _live = 0;
    }

    private static bool IsCurrent((HeldEntry Entry, HeldState State) end) => !end.Entry.IsGone && end.Entry.State == end.State;

    private void DropDead()
    {
        var live = _ends.UnorderedItems.Where(item => IsCurrent(item.Element)).ToArray();
        _ends.Clear();
        _ends.EnqueueRange(live);
    }
}
