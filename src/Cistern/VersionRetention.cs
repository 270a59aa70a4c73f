namespace Cistern;

/// <summary>How long a backend remembers the version of an entry or tombstone, and so keeps older values out.</summary>
public enum VersionRetention
{
    /// <summary>Until the entry or tombstone is evicted or expires: an older value may come back after that.</summary>
    UntilEvicted,

    /// <summary>Until the entry or tombstone expires; nothing is evicted, and it survives the process.</summary>
    Durable,
}
