namespace Cistern;

/// <summary>The remembered version of a deleted key, and when it is forgotten.</summary>
internal readonly record struct KeptTombstone(string Key, long Version, long ExpiresAt);
