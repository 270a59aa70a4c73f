namespace Cistern;

/// <summary>Some entries of a source, in its order.</summary>
/// <param name="Entries">The entries; empty only at the end of the source.</param>
/// <param name="Next">Where the next page starts.</param>
public readonly record struct SourcePage(IReadOnlyList<SourceEntry> Entries, SourcePosition Next);
