namespace Cistern;

/// <summary>What a part of a record says, as its first byte. 0 is none, as a disk that lost a write gives zeroes.</summary>
internal enum OperationKind : byte
{
    Set = 1,
    Delete = 2,
    Bury = 3,
    Touch = 4,
    Clear = 5,

    /// <summary>In a sidecar: where an entry lies in the snapshot, its checksum, and when it was created.</summary>
    Place = 16,
}
