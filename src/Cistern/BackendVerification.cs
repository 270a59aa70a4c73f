namespace Cistern;

/// <summary>What a check of a backend's place found. Immutable.</summary>
public sealed record BackendVerification
{
    /// <summary>How many entries are sound, expired ones that still lie there included.</summary>
    public required long Entries { get; init; }

    /// <summary>What was or would be dropped, set aside or is damaged, in the order in which it was found. Empty: everything is sound.</summary>
    public IReadOnlyList<BackendFinding> Findings { get; init; } = [];

    /// <summary>Whether nothing was found.</summary>
    public bool IsSound => Findings.Count == 0;
}
