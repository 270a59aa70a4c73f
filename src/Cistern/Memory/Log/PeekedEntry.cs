namespace Cistern;

/// <summary>The oldest entry of a log, as it was looked at.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Hash">The hash of its key.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Place">Where its slot was.</param>
/// <param name="Uses">How often it was used.</param>
internal readonly record struct PeekedEntry(uint Address, uint Hash, int Bytes, int Place, int Uses);
