namespace Cistern;

/// <summary>
/// What an entry or tombstone holds in memory, in bytes, on a 64-bit runtime: its objects and its share of the tables that point to them,
/// each just after its growth, so that the account is never under what is held.
/// </summary>
internal static class EntryCost
{
    // The entry and its state, a slot and bucket of a dictionary that has just doubled, and as much for its end in a queue that has too.
    private const int Entry = 64 + 88 + 2 * 28 + 2 * 3 * 24;

    // The slot and bucket of its table, the node of the list.
    private const int Tombstone = 2 * 52 + 48;

    public static long OfEntry(int keyLength, long valueLength) => Entry + ObjectBytes.OfString(keyLength) + ObjectBytes.OfArray(valueLength);

    public static long OfEntry(string key, HeldState state) => OfEntry(key.Length, state.Value.Length) + (state.Metadata is { } metadata ? ObjectBytes.OfMetadata(metadata) : 0);

    public static long OfTombstone(int keyLength) => Tombstone + ObjectBytes.OfString(keyLength);
}
