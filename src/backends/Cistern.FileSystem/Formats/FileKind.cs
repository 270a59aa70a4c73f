namespace Cistern;

/// <summary>What a file of ours is, as its first four bytes say: CSNJ and CSNM.</summary>
internal enum FileKind : uint
{
    Journal = 0x4A4E5343,
    Sidecar = 0x4D4E5343,
}
