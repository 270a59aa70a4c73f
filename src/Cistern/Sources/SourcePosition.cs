namespace Cistern;

/// <summary>A place in the order of a source, as the source itself writes it. Comparable only for equality.</summary>
/// <param name="Token">The source's own text for the place; null: before the first entry.</param>
public readonly record struct SourcePosition(string? Token)
{
    /// <summary>Before the first entry.</summary>
    public static SourcePosition Start => default;
}
