namespace Cistern.Tests;

/// <summary>The in-memory backend over logs, in one shard.</summary>
public sealed class InMemoryS3FifoContract : InMemoryModeContract
{
    protected override EvictionMode? Eviction => EvictionMode.S3Fifo;
}
