namespace Cistern;

/// <summary>What common objects hold in memory, in bytes, on a 64-bit runtime: for backends that account for every byte they hold. Never under what is held.</summary>
public static class ObjectBytes
{
    private const int Array = 24;
    private const int String = 22;

    // The dictionary and its read-only face, its two arrays, and the two slots beside the first that the smallest one has.
    private const int Metadata = 80 + 40 + 2 * 28 + 2 * 28;

    // A slot and its bucket; the next prime above the number of pairs may be nearly twice as large.
    private const int MetadataPair = 2 * 28;

    /// <summary>An array of bytes.</summary>
    /// <param name="length">Its length.</param>
    public static long OfArray(long length) => Aligned(Array + length);

    /// <summary>A string.</summary>
    /// <param name="length">Its length in UTF-16 code units.</param>
    public static long OfString(int length) => Aligned(String + 2L * length);

    /// <summary>An entry's metadata, kept as a read-only dictionary of its own.</summary>
    /// <param name="metadata">The metadata.</param>
    public static long OfMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var bytes = (long)Metadata;
        foreach (var (name, text) in metadata) bytes += MetadataPair + OfString(name.Length) + OfString(text.Length);
        return bytes;
    }

    private static long Aligned(long bytes) => (bytes + 7) & ~7L;
}
