namespace Cistern;

/// <summary>The oldest entry of a log.</summary>
/// <param name="Hash">The hash of its key.</param>
/// <param name="Uses">How often it was used since it was last looked at, within limits.</param>
/// <param name="Bytes">Its size.</param>
internal readonly record struct OldestEntry(uint Hash, int Uses, int Bytes);
