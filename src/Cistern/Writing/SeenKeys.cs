namespace Cistern;

/// <summary>
/// Tells keys that were seen before, by 64 bits of each under a random key: of a million keys, some pair is taken for one with a
/// probability of 3·10⁻⁸. Beyond a limit no more are remembered.
/// </summary>
internal sealed class SeenKeys(int limit)
{
    private const int LeastSlots = 1 << 10;

    private readonly SipHash _hash = SipHash.CreateRandom();
    private ulong[] _slots = new ulong[LeastSlots];
    private int _count;

    /// <summary>Whether every key was remembered.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Remembers a key, if there is room for it.</summary>
    /// <returns>Whether it was seen before.</returns>
    public bool Add(string key)
    {
        // Zero is an empty slot.
        var hash = Math.Max(1, _hash.Compute(key));
        var slot = Find(_slots, hash);
        if (_slots[slot] == hash) return true;
        if (_count >= limit)
        {
            IsExact = false;
            return false;
        }

        _slots[slot] = hash;
        if (++_count > _slots.Length / 4 * 3) Grow();
        return false;
    }

    private static int Find(ulong[] slots, ulong hash)
    {
        var mask = slots.Length - 1;
        var slot = (int)hash & mask;
        while (slots[slot] != 0 && slots[slot] != hash) slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        var larger = new ulong[_slots.Length * 2];
        foreach (var hash in _slots)
        {
            if (hash != 0) larger[Find(larger, hash)] = hash;
        }

        _slots = larger;
    }
}
