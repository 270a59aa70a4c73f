namespace Cistern.Tests;

/// <summary>The in-memory backend that evicts first what was added first.</summary>
public sealed class InMemoryOldestAddedContract : InMemoryModeContract
{
    protected override EvictionMode? Eviction => EvictionMode.OldestAdded;
}
