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

    private const int Array = 24;
    private const int String = 22;

    // The dictionary and its read-only face, its two arrays, and the two slots beside the first that the smallest one has.
    private const int Metadata = 80 + 40 + 2 * 28 + 2 * 28;

    // A slot and its bucket; the next prime above the number of pairs may be nearly twice as large.
    private const int MetadataPair = 2 * 28;

    public static long OfEntry(int keyLength, long valueLength) => Entry + OfString(keyLength) + Aligned(Array + valueLength);

    public static long OfTombstone(int keyLength) => Tombstone + OfString(keyLength);

    public static long OfMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        var bytes = (long)Metadata;
        foreach (var (name, text) in metadata) bytes += MetadataPair + OfString(name.Length) + OfString(text.Length);
        return bytes;
    }

    private static long OfString(int length) => Aligned(String + 2L * length);

    private static long Aligned(long bytes) => (bytes + 7) & ~7L;
}
