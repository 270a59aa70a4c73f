namespace Cistern;

/// <summary>Which entry goes first when there is no room.</summary>
public enum EvictionMode
{
    /// <summary>The one that was read or set the longest ago. Exact.</summary>
    Lru,

    /// <summary>The one that was added the longest ago; overwriting keeps an entry's age. Exact.</summary>
    OldestAdded,

    /// <summary>
    /// S3-FIFO (Yang et al., SOSP 2023): what is used only once goes early. Not in the order of use; faster, and with less memory for each entry, than the exact ones. In memory only.
    /// </summary>
    S3Fifo,

    /// <summary>
    /// After W-TinyLFU (Einziger et al., ACM TOS 2017): what comes must have been asked for more often than what goes for it. As fast as <see cref="S3Fifo"/>. In memory only.
    /// </summary>
    TinyLfu,

    /// <summary>
    /// Chooses among these and others as the cache runs, by what each would have made of a sample of the keys. With a bound of 16 entries, 4 KB of values or 4 KB of memory, or less: <see cref="Lru"/>. In memory only.
    /// </summary>
    Adaptive,
}
