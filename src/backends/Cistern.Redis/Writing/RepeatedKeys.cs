using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Cistern;

/// <summary>Keys that a batch has more than once.</summary>
internal static class RepeatedKeys
{
    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>
    /// The places to write of a batch without conditions, in order: of two with one key only the later. Nobody could have seen the other, and a cluster that moves the key could not turn them round.
    /// </summary>
    /// <param name="drafts">The batch.</param>
    /// <param name="places">The places in it to choose from.</param>
    public static int[] LastOfEach(IReadOnlyList<EntryDraft> drafts, List<int> places)
    {
        if (!HasAny(drafts, places)) return [.. places];
        var seen = new HashSet<string>(places.Count, StringComparer.Ordinal);
        var last = new List<int>(places.Count);
        for (var i = places.Count - 1; i >= 0; i--)
        {
            if (seen.Add(drafts[places[i]].Key)) last.Add(places[i]);
        }

        last.Reverse();
        return [.. last];
    }

    /// <summary>All places of a batch with conditions, by slots, those of one key side by side and in order: what becomes of one depends on those before it with its key, and on no others.</summary>
    /// <param name="drafts">The batch.</param>
    /// <param name="places">The places in it.</param>
    /// <param name="slotOf">The slot of a key; null: there is one server.</param>
    public static int[] SideBySide(IReadOnlyList<EntryDraft> drafts, List<int> places, Func<string, int>? slotOf)
    {
        if (slotOf is null && !HasAny(drafts, places)) return [.. places];
        var first = new Dictionary<string, int>(places.Count, StringComparer.Ordinal);
        foreach (var place in places) first.TryAdd(drafts[place].Key, place);
        return [.. slotOf is null ? places.OrderBy(First) : places.OrderBy(place => slotOf(drafts[place].Key)).ThenBy(First)];

        int First(int place) => first[drafts[place].Key];
    }

    /// <summary>Whether a batch has any key more than once.</summary>
    /// <param name="drafts">The batch.</param>
    /// <param name="places">The places in it to look at.</param>
    public static bool HasAny(IReadOnlyList<EntryDraft> drafts, List<int> places)
    {
        // Nearly every batch has none, and a set of its keys would be a large object each time: open addresses, in memory that goes back.
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)places.Count * 2);
        var table = ArrayPool<int>.Shared.Rent(slots);
        table.AsSpan(0, slots).Clear();
        try
        {
            foreach (var place in places)
            {
                var key = drafts[place].Key;
                var slot = Hash(key) & (slots - 1);
                for (; table[slot] != 0; slot = (slot + 1) & (slots - 1))
                {
                    if (drafts[table[slot] - 1].Key == key) return true;
                }

                table[slot] = place + 1;
            }

            return false;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(table);
        }
    }

    // In a third of the time of the string's own, which is this batch's largest part before its first byte is sent. Seeded, so that nobody can prepare keys that meet.
    private static int Hash(string key)
    {
        var bytes = MemoryMarshal.AsBytes(key.AsSpan());
        var hash = Seed + (ulong)bytes.Length;
        for (var rest = bytes; rest.Length > sizeof(ulong); rest = rest[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest));

        // The last eight, of which some may have been taken before.
        if (bytes.Length >= sizeof(ulong)) return (int)(Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..])) >> 32);
        foreach (var character in key) hash = Mix(hash ^ character);
        return (int)(hash >> 32);
    }

    private static ulong Mix(ulong hash)
    {
        var high = Math.BigMul(hash, 0x9E3779B97F4A7C15, out var low);
        return high ^ low;
    }
}
