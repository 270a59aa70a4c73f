namespace Cistern.Cli;

/// <summary>A backend, and the bounds it was opened with, whether its address or a setting named them.</summary>
internal sealed record OpenedBackend(CacheBackend Backend, long? Capacity, EvictionMode Eviction);
