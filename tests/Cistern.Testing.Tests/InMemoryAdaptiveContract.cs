namespace Cistern.Tests;

/// <summary>The in-memory backend over logs, in one shard, with the rule that it chooses; with few entries exact LRU.</summary>
public sealed class InMemoryAdaptiveContract : InMemoryModeContract
{
    protected override EvictionMode? Eviction => EvictionMode.Adaptive;
}
