namespace Cistern;

/// <summary>The first byte of an entry: what it has beside key and value.</summary>
[Flags]
internal enum EntryFlags : byte
{
    /// <summary>Behind the last entry of a segment.</summary>
    None = 0,

    HasEnd = 1,
    HasAbsoluteEnd = 2,
    HasVersion = 4,
    HasMetadata = 8,

    /// <summary>The key has a character beyond ASCII: it is kept in UTF-16.</summary>
    IsWide = 16,

    /// <summary>The lengths do not fit into the head.</summary>
    IsLong = 32,

    /// <summary>Always there.</summary>
    IsEntry = 128,
}
