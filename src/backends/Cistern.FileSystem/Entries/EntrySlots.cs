using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>
/// Entries by key, and in the order of eviction: a hash table with chains, whose slots lie in one array and name each other by number, so that a
/// million entries are few objects to a garbage collector. Used under the table's lock.
/// </summary>
internal sealed class EntrySlots
{
    private const int None = -1;
    private const int LeastSlots = 16;
    private const int CacheLineBytes = 64;

    // Fewer entries than a part of the slots: the arrays are built anew.
    private const int EmptyShare = 4;

    private EntrySlot[] _slots = new EntrySlot[LeastSlots];

    // One more than the number of the first slot; 0: none. As many as there are slots, a power of two.
    private int[] _buckets = new int[LeastSlots];
    private int _used;
    private int _free = None;
    private string? _hashedKey;
    private int _hash;

    public int Count { get; private set; }

    /// <summary>The first to go; -1: there is none.</summary>
    public int Oldest { get; private set; } = None;

    private int Newest { get; set; } = None;

    public ref EntrySlot this[int slot] => ref _slots[slot];

    /// <summary>The slot of a key; -1: it is not there.</summary>
    public int Find(string key)
    {
        var hash = HashOf(key);
        var slots = _slots;
        var slot = _buckets[hash & (_buckets.Length - 1)] - 1;
        while (slot >= 0 && (slots[slot].Hash != hash || slots[slot].Key != key)) slot = slots[slot].Next;
        return slot;
    }

    /// <summary>
    /// Has the processor fetch where a key is looked for. Needs no lock: it reads nothing that it acts upon, and a stale address costs a
    /// fetch in vain.
    /// </summary>
    public unsafe void PrefetchBucket(string key)
    {
        if (!Sse.IsSupported) return;
        var buckets = Volatile.Read(ref _buckets);
        Sse.Prefetch0(Unsafe.AsPointer(ref buckets[key.GetHashCode() & (buckets.Length - 1)]));
    }

    /// <summary>Finds a key and has the processor fetch what a set of it will touch, so that the waits for memory overlap each other and what is done meanwhile.</summary>
    public unsafe void Prefetch(string key)
    {
        if (!Sse.IsSupported || Find(key) is not (>= 0 and var found)) return;
        ref var slot = ref _slots[found];
        PrefetchSlot(slot.Older);
        PrefetchSlot(slot.Newer);
        var value = (byte*)Unsafe.AsPointer(ref slot.State.FirstByte);
        Sse.Prefetch0(value);
        Sse.Prefetch0(value + CacheLineBytes);
    }

    /// <summary>Adds an entry as the last to go. The key must not be there.</summary>
    public int Add(string key, in HeldState state, bool isShared)
    {
        if (_free == None && _used == _slots.Length) Grow();
        var slot = _free;
        if (slot == None) slot = _used++;
        else _free = _slots[slot].Next;
        var hash = HashOf(key);
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _slots[slot] = new EntrySlot { Key = key, State = state, Hash = hash, Next = bucket - 1, IsShared = isShared };
        bucket = slot + 1;
        Append(slot);
        Count++;
        return slot;
    }

    public void Remove(int slot)
    {
        ref var removed = ref _slots[slot];
        ref var link = ref _buckets[removed.Hash & (_buckets.Length - 1)];
        if (link - 1 == slot)
        {
            link = removed.Next + 1;
        }
        else
        {
            var before = link - 1;
            while (_slots[before].Next != slot) before = _slots[before].Next;
            _slots[before].Next = removed.Next;
        }

        Unlink(slot);
        removed = new EntrySlot { Next = _free };
        _free = slot;
        Count--;
    }

    /// <summary>Makes an entry the last to go.</summary>
    public void MoveToNewest(int slot)
    {
        if (slot == Newest) return;
        Unlink(slot);
        Append(slot);
    }

    /// <summary>The slots in the order of eviction.</summary>
    public IEnumerable<int> InOrder()
    {
        for (var slot = Oldest; slot != None; slot = _slots[slot].Newer) yield return slot;
    }

    public void Clear() => Reset(LeastSlots);

    /// <summary>Gives back what most entries have left empty. Slots get other numbers.</summary>
    /// <returns>Whether it was done.</returns>
    public bool Trim()
    {
        if (_slots.Length == LeastSlots || Count > _slots.Length / EmptyShare) return false;
        var (slots, oldest, length) = (_slots, Oldest, _slots.Length);
        while (length > LeastSlots && Count <= length / EmptyShare) length /= 2;
        Reset(length);
        for (var slot = oldest; slot != None; slot = slots[slot].Newer)
        {
            var added = Add(slots[slot].Key!, slots[slot].State, slots[slot].IsShared);
            _slots[added].KeptIn = slots[slot].KeptIn;
        }

        return true;
    }

    // A set asks for the same key two or three times in a row.
    private int HashOf(string key)
    {
        if (!ReferenceEquals(key, _hashedKey)) (_hashedKey, _hash) = (key, key.GetHashCode());
        return _hash;
    }

    private void Reset(int length)
    {
        (_slots, _buckets) = (new EntrySlot[length], new int[length]);
        (Oldest, Newest, _free, _used, Count) = (None, None, None, 0, 0);
    }

    private void Grow()
    {
        Array.Resize(ref _slots, _slots.Length * 2);
        _buckets = new int[_slots.Length];
        for (var slot = 0; slot < _used; slot++)
        {
            ref var bucket = ref _buckets[_slots[slot].Hash & (_buckets.Length - 1)];
            _slots[slot].Next = bucket - 1;
            bucket = slot + 1;
        }
    }

    private void Append(int slot)
    {
        _slots[slot].Older = Newest;
        _slots[slot].Newer = None;
        if (Newest == None) Oldest = slot;
        else _slots[Newest].Newer = slot;
        Newest = slot;
    }

    private void Unlink(int slot)
    {
        var (older, newer) = (_slots[slot].Older, _slots[slot].Newer);
        if (older == None) Oldest = newer;
        else _slots[older].Newer = newer;
        if (newer == None) Newest = older;
        else _slots[newer].Older = older;
    }

    private unsafe void PrefetchSlot(int slot)
    {
        if (slot != None) Sse.Prefetch0(Unsafe.AsPointer(ref _slots[slot]));
    }
}
