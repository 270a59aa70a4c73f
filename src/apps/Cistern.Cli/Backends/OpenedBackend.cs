namespace Cistern.Cli;

/// <summary>A backend, and the bounds it was opened with, whether its address or a setting named them.</summary>
/// <param name="Backend">The backend; the caller disposes it.</param>
/// <param name="Capacity">The most entries it holds; null: no such bound, or not known.</param>
/// <param name="Eviction">Which entry goes first; null: its own affair.</param>
internal sealed record OpenedBackend(CacheBackend Backend, long? Capacity, EvictionMode? Eviction);
