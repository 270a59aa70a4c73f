namespace Cistern;

/// <summary>What the sidecar knows of an entry: where the snapshot has it, the checksum of what it is, and when it was created.</summary>
internal readonly record struct SnapshotPlace(long Offset, long Length, long CreatedAt, uint Checksum);
