namespace Cistern.Bench;

/// <summary>Looks keys up; returns how many are there.</summary>
internal delegate int Look(IStore store, ReadOnlySpan<string> keys);
