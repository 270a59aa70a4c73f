namespace Cistern;

/// <summary>What a lookup does when the backend fails. A fault is never counted as a miss.</summary>
public enum BackendFaultHandling
{
    /// <summary>The lookup throws <see cref="CacheBackendException"/>: the source is not exposed to the load of a broken cache.</summary>
    Throw,

    /// <summary>The key is read from the source, with at most <see cref="BackfillOptions.MaxBypassReads"/> such reads at a time.</summary>
    Bypass,
}
