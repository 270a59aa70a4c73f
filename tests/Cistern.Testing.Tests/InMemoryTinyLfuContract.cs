namespace Cistern.Tests;

/// <summary>The in-memory backend over logs, in one shard.</summary>
public sealed class InMemoryTinyLfuContract : InMemoryModeContract
{
    protected override EvictionMode? Eviction => EvictionMode.TinyLfu;
}
