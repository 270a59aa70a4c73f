namespace Cistern;

/// <summary>A record that one backend did not store, or may not have.</summary>
/// <param name="Number">Which of the records it is, from 1.</param>
/// <param name="Line">The line of its file at which it begins, from 1; null: it is of no file.</param>
/// <param name="Key">Its key.</param>
/// <param name="Outcome">Why the backend refused it. Null: its batch failed, and whether it was stored is unknown.</param>
/// <param name="Error">What failed; null: nothing, it was refused.</param>
public readonly record struct UnstoredRecord(long Number, long? Line, string Key, SetOutcome? Outcome, string? Error);
