namespace Cistern;

/// <summary>A row that is about to go: for time, for room, or by request.</summary>
/// <param name="Id">The row.</param>
/// <param name="SizeBytes">The bytes of its value; null for a tombstone.</param>
internal readonly record struct HeldRow(long Id, long? SizeBytes);
