using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>One line of the index: the hash of a key, and the record that has the key. Ordered by hash, then by record.</summary>
/// <param name="Hash">The hash.</param>
/// <param name="Tagged">Twice the number of the record; one more when the record says that there is no such key.</param>
[StructLayout(LayoutKind.Sequential)]
#pragma warning disable MA0097 // It is sorted, and never compared by hand.
internal readonly record struct IndexRecord(ulong Hash, long Tagged) : IComparable<IndexRecord>
#pragma warning restore MA0097
{
    public const int Bytes = 16;

    public long Number => Tagged >> 1;

    public bool IsAbsent => (Tagged & 1) != 0;

    public static IndexRecord Of(ulong hash, long number, bool isAbsent) => new(hash, (number << 1) | (isAbsent ? 1L : 0L));

    public int CompareTo(IndexRecord other) => Hash != other.Hash ? Hash.CompareTo(other.Hash) : Tagged.CompareTo(other.Tagged);
}
