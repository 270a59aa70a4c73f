namespace Cistern;

/// <summary>
/// What an entry or tombstone holds, in bytes, on a 64-bit runtime: the objects' own sizes and the share of the structures that point to
/// them, counted at their fullest growth step, so that the account is never under what is held.
/// </summary>
internal static class MemoryCost
{
    // The entry object, its slot and hash in the index (three eighths used just after a growth), its place in the expiration heap.
    private const int Entry = 136 + (24 + 4) * 8 / 3 + 2 * 8;

    // The tombstone object, its slot in its table, its node in the queue.
    private const int Tombstone = 40 + 2 * 28 + 2 * 24;

    public static long OfEntry(int keyLength, long valueLength) => Entry + ObjectBytes.OfString(keyLength) + ObjectBytes.OfArray(valueLength);

    public static long OfTombstone(int keyLength) => Tombstone + ObjectBytes.OfString(keyLength);
}
