namespace Cistern;

/// <summary>What is asked for at a server.</summary>
/// <param name="Name">What it is called there.</param>
/// <param name="Key">Its key; null when only a listing's name is known.</param>
internal readonly record struct KeyTarget(byte[] Name, string? Key);
