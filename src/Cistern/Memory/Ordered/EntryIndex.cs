using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cistern;

/// <summary>
/// Entries by key: open addressing with linear probing and backward-shift deletion (Knuth, TAOCP 3, 6.4, algorithm R). The hashes lie apart,
/// sixteen to a line of the processor's cache, so that a probe touches a slot only where the key is very likely its own. A slot also holds
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

    // What lies beside a place that is taken: never 0, which stands for an empty one.
    private const uint Taken = 1u << 31;

    private Table _table = new(LeastSlots);

    public int Count { get; private set; }

    /// <summary>The keys, in no order.</summary>
    public IEnumerable<string> Keys
    {
        get
        {
            foreach (var slot in _table.Slots)
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
        valueWithoutTtl = null;
        var table = _table;
        var place = table.Place(key, HashOf(key));
        if (table.Hashes[place] == 0) return null;
        ref var slot = ref table.Slots[place];
        valueWithoutTtl = slot.Value;
        return slot.Entry;
    }

    /// <summary>
    /// Has the processor fetch what lookups of some keys will touch: first the hashes, then all their slots, then what those point to. The waits for memory
    /// then overlap, where one lookup after another would add them up. Needs no lock: it reads nothing that it acts upon, and a stale
    /// address costs a fetch in vain.
    /// </summary>
    /// <param name="keys">A few keys, as many as the processor can wait for at once.</param>
    public unsafe void Prefetch(ReadOnlySpan<string> keys)
    {
        if (!Sse.IsSupported) return;
        var table = Volatile.Read(ref _table);
        var (hashes, slots, mask) = (table.Hashes, table.Slots, table.Mask);
        Span<uint> hashesOfKeys = stackalloc uint[MostPrefetched];
        if (keys.Length > MostPrefetched) keys = keys[..MostPrefetched];
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is not { } key) continue;
            hashesOfKeys[i] = HashOf(key);
            Sse.Prefetch0(Unsafe.AsPointer(ref hashes[(int)hashesOfKeys[i] & mask]));
        }

        Span<int> places = stackalloc int[MostPrefetched];
        for (var i = 0; i < keys.Length; i++)
        {
            places[i] = table.LikelyPlace(hashesOfKeys[i]);
            ref var slot = ref slots[places[i]];

            // It may lie across two lines.
            Sse.Prefetch0(Unsafe.AsPointer(ref slot));
            Sse.Prefetch0((byte*)Unsafe.AsPointer(ref slot) + Unsafe.SizeOf<Slot>() - 1);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            ref var slot = ref slots[places[i]];
            PrefetchObject(Unsafe.As<string?, nint>(ref slot.Key));
            PrefetchObject(Unsafe.As<byte[]?, nint>(ref slot.Value));
        }
    }

    /// <summary>Takes an entry in, or takes notice that its value or its end has changed.</summary>
    public void Put(StoredEntry entry)
    {
        var hash = HashOf(entry.Key);
        var place = _table.Place(entry.Key, hash);
        if (_table.Hashes[place] == 0)
        {
            if ((Count + 1L) * FullParts > _table.Slots.Length * (long)FullShare)
            {
                _table = _table.Grow();
                place = _table.Place(entry.Key, hash);
            }

            Count++;
        }

        _table.Hashes[place] = hash;
        _table.Slots[place] = new Slot { Key = entry.Key, Entry = entry, Value = entry.ExpiresAt == StoredEntry.Never ? entry.Value : null };
    }

    public void Remove(string key)
    {
        var (hashes, slots, mask) = (_table.Hashes, _table.Slots, _table.Mask);
        var hole = _table.Place(key, HashOf(key));
        if (hashes[hole] == 0) return;
        Count--;

        // Whatever lies behind the hole and could not be found across it moves into it.
        for (var place = (hole + 1) & mask; hashes[place] != 0; place = (place + 1) & mask)
        {
            var home = (int)hashes[place] & mask;
            if (((place - home) & mask) < ((place - hole) & mask)) continue;
            hashes[hole] = hashes[place];
            slots[hole] = slots[place];
            hole = place;
        }

        hashes[hole] = 0;
        slots[hole] = default;
    }

    /// <summary>Forgets every entry, and gives the room back.</summary>
    public void Clear()
    {
        _table = new Table(LeastSlots);
        Count = 0;
    }

    private static uint HashOf(string key) => KeyHash.Of(key) | Taken;

    // The bits of a reference, never followed here: the object may have moved by now.
    private static unsafe void PrefetchObject(nint address)
    {
        Sse.Prefetch0((void*)address);
        Sse.Prefetch0((byte*)address + CacheLineBytes);
    }

    private struct Slot
    {
        public string? Key;
        public StoredEntry? Entry;
        public byte[]? Value;
    }

    // Both arrays change together, also for whoever reads them without the lock.
    private sealed class Table(int length)
    {
        public uint[] Hashes { get; } = new uint[length];

        public Slot[] Slots { get; } = new Slot[length];

        public int Mask => Hashes.Length - 1;

        /// <summary>Where a key is, or where it would go.</summary>
        public int Place(string key, uint hash)
        {
            var hashes = Hashes;
            var mask = hashes.Length - 1;
            for (var place = (int)hash & mask; ; place = (place + 1) & mask)
            {
                var found = hashes[place];
                if (found == 0 || (found == hash && Slots[place].Key == key)) return place;
            }
        }

        /// <summary>Where a key very likely is, told without touching a slot.</summary>
        public int LikelyPlace(uint hash)
        {
            var hashes = Hashes;
            var mask = hashes.Length - 1;
            var place = (int)hash & mask;
            while (hashes[place] is var found && found != 0 && found != hash) place = (place + 1) & mask;
            return place;
        }

        public Table Grow()
        {
            var grown = new Table((int)BitOperations.RoundUpToPowerOf2((uint)Hashes.Length + 1));

            // Written before it is probed: a page that is read first is mapped twice, and the second time interrupts every processor.
            grown.Hashes.AsSpan().Clear();
            grown.Slots.AsSpan().Clear();
            for (var i = 0; i < Hashes.Length; i++)
            {
                if (Hashes[i] == 0) continue;
                var place = (int)Hashes[i] & grown.Mask;
                while (grown.Hashes[place] != 0) place = (place + 1) & grown.Mask;
                grown.Hashes[place] = Hashes[i];
                grown.Slots[place] = Slots[i];
            }

            return grown;
        }
    }
}
