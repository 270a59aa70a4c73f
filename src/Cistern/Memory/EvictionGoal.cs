namespace Cistern;

/// <summary>What eviction is to make the most of, where entries are of different sizes.</summary>
public enum EvictionGoal
{
    /// <summary>As many lookups as can be are hits: what is small is worth more for its size. The default.</summary>
    Hits,

    /// <summary>As many bytes as can be come from the cache: a hit is worth its size.</summary>
    ByteHits,
}
