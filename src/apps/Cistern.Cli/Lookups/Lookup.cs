namespace Cistern.Cli;

/// <summary>One lookup to run.</summary>
/// <param name="Key">The key.</param>
/// <param name="Time">When it happened; null: its file does not say.</param>
internal readonly record struct Lookup(string Key, DateTimeOffset? Time);
