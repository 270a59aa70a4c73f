namespace Cistern;

/// <summary>A record that was given to no backend.</summary>
/// <param name="Number">Which of the records it is, from 1.</param>
/// <param name="Line">The line of its file at which it begins, from 1; null: it is of no file.</param>
/// <param name="Reason">What is wrong with it, and what is allowed. Holds no value.</param>
public readonly record struct RejectedRecord(long Number, long? Line, string Reason);
