namespace Cistern;

/// <summary>
/// What an entry or tombstone holds in memory, in bytes, on a 64-bit runtime: its objects and its share of the tables that point to them,
/// each just after its growth, so that the account is never under what is held.
/// </summary>
internal static class EntryCost
{
    // A slot and a bucket of a table that has just doubled.
    private const int Slot = 2 * (64 + 4);

    // The object with what is more than a value, and as much as in the table for its end in a queue that is two thirds dead.
    private const int Terms = 72 + (2 * 3 * 16);

    // The slot and bucket of its table, the node of the list.
    private const int Tombstone = 2 * 52 + 48;

    /// <summary>The most that an entry without metadata holds.</summary>
    public static long OfEntry(int keyLength, long valueLength) => Slot + Terms + ObjectBytes.OfString(keyLength) + ObjectBytes.OfArray(valueLength);

    public static long OfEntry(string key, in HeldState state) => OfEntry(key.Length, state.CapacityBytes, state.Metadata) - (state.IsPlain ? Terms : 0);

    public static long OfEntry(int keyLength, long valueLength, IReadOnlyDictionary<string, string>? metadata) =>
        OfEntry(keyLength, valueLength) + (metadata is null ? 0 : ObjectBytes.OfMetadata(metadata));

    public static long OfTombstone(int keyLength) => Tombstone + ObjectBytes.OfString(keyLength);
}
