namespace Cistern.Bench;

/// <summary>The in-memory backend, through its public members.</summary>
internal sealed class CisternStore(EvictionMode eviction, long? capacity) : IStore, IDisposable
{
    public InMemoryBackend Backend { get; } = new(new InMemoryBackendOptions { Eviction = eviction, Capacity = capacity, IsUnbounded = capacity is null });

    public bool Get(string key, Span<byte> destination) => Backend.TryGet(key, destination, out _) == LookupOutcome.Hit;

    public void Dispose() => Backend.Dispose();

    public void Set(string key, byte[] value) => Backend.Set(key, value);
}
