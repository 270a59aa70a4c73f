namespace Cistern;

/// <summary>
/// Entries with a TTL, the next to expire on top: a binary heap that knows where each entry lies, so that an overwrite, a touch or a delete
/// moves or removes it at once and nothing dead is kept. Used under the engine's lock.
/// </summary>
internal sealed class ExpirationHeap
{
    private readonly List<StoredEntry> _heap = [];

    /// <summary>The entry that expires next; null when none will.</summary>
    public StoredEntry? Next => _heap.Count == 0 ? null : _heap[0];

    /// <summary>Puts an entry where its end belongs, after it was added or changed; takes it out when it has none.</summary>
    public void Place(StoredEntry entry)
    {
        if (entry.ExpiresAt == StoredEntry.Never)
        {
            Remove(entry);
            return;
        }

        if (entry.HeapIndex < 0)
        {
            entry.HeapIndex = _heap.Count;
            _heap.Add(entry);
        }

        SiftDown(SiftUp(entry.HeapIndex));
    }

    public void Remove(StoredEntry entry)
    {
        if (entry.HeapIndex < 0) return;
        var index = entry.HeapIndex;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        entry.HeapIndex = -1;
        if (last == entry) return;
        Put(last, index);
        SiftDown(SiftUp(index));
    }

    /// <summary>Forgets every entry; none of them may come back.</summary>
    public void Clear() => _heap.Clear();

    private int SiftUp(int index)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_heap[parent].ExpiresAt <= _heap[index].ExpiresAt) break;
            Swap(index, parent);
            index = parent;
        }

        return index;
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            var child = 2 * index + 1;
            if (child >= _heap.Count) return;
            if (child + 1 < _heap.Count && _heap[child + 1].ExpiresAt < _heap[child].ExpiresAt) child++;
            if (_heap[index].ExpiresAt <= _heap[child].ExpiresAt) return;
            Swap(index, child);
            index = child;
        }
    }

    private void Swap(int left, int right)
    {
        var entry = _heap[left];
        Put(_heap[right], left);
        Put(entry, right);
    }

    private void Put(StoredEntry entry, int index)
    {
        _heap[index] = entry;
        entry.HeapIndex = index;
    }
}
