namespace Cistern;

/// <summary>Which entry goes first when there is no room.</summary>
public enum EvictionMode
{
    /// <summary>The one that was read or set the longest ago. Exact.</summary>
    Lru,

    /// <summary>The one that was added the longest ago; overwriting keeps an entry's age. Exact.</summary>
    OldestAdded,
}
