namespace Cistern;

/// <summary>A value, and which tier it came from.</summary>
/// <param name="Value">The value; null: a miss.</param>
/// <param name="Outcome">Which tier answered.</param>
public readonly record struct TieredLookup(byte[]? Value, TieredLookupOutcome Outcome);
