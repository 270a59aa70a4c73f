using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>
/// Entries by key: open addressing with linear probing and backward-shift deletion (Knuth, TAOCP 3, 6.4, algorithm R). A slot also holds
/// the value of an entry without TTL, so that a lookup that refreshes nothing touches the slot and the value, and not the entry between
/// them: far from the processor's caches, each of those is a wait. Used under the engine's lock.
/// </summary>
internal sealed class EntryIndex
{
    private const int LeastSlots = 16;
    private const int MostPrefetched = 16;
    private const int CacheLineBytes = 64;

    // At most three quarters full, so that probes stay short.
    private const int FullParts = 4;
    private const int FullShare = 3;

    private Slot[] _slots = new Slot[LeastSlots];

    public int Count { get; private set; }

    /// <summary>The keys, in no order.</summary>
    public IEnumerable<string> Keys
    {
        get
        {
            foreach (var slot in _slots)
            {
                if (slot.Entry is { } entry) yield return entry.Key;
            }
        }
    }

    public StoredEntry? Find(string key) => Find(key, out _);

    /// <summary>Finds an entry; null when it is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="valueWithoutTtl">Its value, if it has no TTL and so needs no look at the entry itself; else null.</param>
    public StoredEntry? Find(string key, out byte[]? valueWithoutTtl)
    {
        ref var slot = ref _slots[Place(key, key.GetHashCode())];
        valueWithoutTtl = slot.Value;
        return slot.Entry;
    }

    /// <summary>
    /// Has the processor fetch what lookups of some keys will touch: first all their slots, then what those point to. The waits for memory
    /// then overlap, where one lookup after another would add them up. Needs no lock: it reads nothing that it acts upon, and a stale
    /// address costs a fetch in vain.
    /// </summary>
    /// <param name="keys">A few keys, as many as the processor can wait for at once.</param>
    public unsafe void Prefetch(ReadOnlySpan<string> keys)
    {
        if (!Sse.IsSupported) return;
        var slots = _slots;
        var mask = slots.Length - 1;
        Span<int> homes = stackalloc int[MostPrefetched];
        if (keys.Length > MostPrefetched) keys = keys[..MostPrefetched];
        for (var i = 0; i < keys.Length; i++)
        {
            homes[i] = Home(keys[i]?.GetHashCode() ?? 0, mask);
            Sse.Prefetch0(Unsafe.AsPointer(ref slots[homes[i]]));
        }

        for (var i = 0; i < keys.Length; i++)
        {
            ref var slot = ref slots[homes[i]];
            PrefetchObject(Unsafe.As<string?, nint>(ref slot.Key));
            PrefetchObject(Unsafe.As<byte[]?, nint>(ref slot.Value));
        }
    }

    /// <summary>Takes an entry in, or takes notice that its value or its end has changed.</summary>
    public void Put(StoredEntry entry)
    {
        var hash = entry.Key.GetHashCode();
        var place = Place(entry.Key, hash);
        if (_slots[place].Entry is null)
        {
            if ((Count + 1L) * FullParts > _slots.Length * (long)FullShare) place = Grow(entry.Key, hash);
            Count++;
        }

        _slots[place] = new Slot { Hash = hash, Key = entry.Key, Entry = entry, Value = entry.ExpiresAt == StoredEntry.Never ? entry.Value : null };
    }

    public void Remove(string key)
    {
        var mask = _slots.Length - 1;
        var hole = Place(key, key.GetHashCode());
        if (_slots[hole].Entry is null) return;
        Count--;

        // Whatever lies behind the hole and could not be found across it moves into it.
        for (var place = (hole + 1) & mask; _slots[place].Entry is not null; place = (place + 1) & mask)
        {
            var home = Home(_slots[place].Hash, mask);
            if (((place - home) & mask) < ((place - hole) & mask)) continue;
            _slots[hole] = _slots[place];
            hole = place;
        }

        _slots[hole] = default;
    }

    /// <summary>Forgets every entry, and gives the room back.</summary>
    public void Clear()
    {
        _slots = new Slot[LeastSlots];
        Count = 0;
    }

    // Where a key is, or where it would go.
    private int Place(string key, int hash)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        for (var place = Home(hash, mask); ; place = (place + 1) & mask)
        {
            ref var slot = ref slots[place];
            if (slot.Key is null || (slot.Hash == hash && slot.Key == key)) return place;
        }
    }

    private int Grow(string key, int hash)
    {
        var old = _slots;
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)old.Length + 1)];

        // Written before it is probed: a page that is read first is mapped twice, and the second time interrupts every processor.
        _slots.AsSpan().Clear();
        foreach (var slot in old)
        {
            if (slot.Key is not null) _slots[Place(slot.Key, slot.Hash)] = slot;
        }

        return Place(key, hash);
    }

    // The bits of a reference, never followed here: the object may have moved by now.
    private static unsafe void PrefetchObject(nint address)
    {
        Sse.Prefetch0((void*)address);
        Sse.Prefetch0((byte*)address + CacheLineBytes);
    }

    private static int Home(int hash, int mask) => hash & mask;

    private struct Slot
    {
        public string? Key;
        public StoredEntry? Entry;
        public byte[]? Value;
        public int Hash;
    }
}
