namespace Cistern;

/// <summary>One thing that is wrong at a backend's place.</summary>
/// <param name="Where">The place: a file and a position in it, a table, a key. Who prints it escapes it: it may hold what a user chose.</param>
/// <param name="What">What is wrong and what became or becomes of it, in a sentence without any value.</param>
public sealed record BackendFinding(string Where, string What);
