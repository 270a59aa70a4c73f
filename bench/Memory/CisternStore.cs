namespace Cistern.Bench;

/// <summary>The in-memory backend, through its public members.</summary>
internal sealed class CisternStore(EvictionMode eviction, long? capacity) : IStore, IDisposable
{
    public InMemoryBackend Backend { get; } = new(new InMemoryBackendOptions { Eviction = eviction, Capacity = capacity, IsUnbounded = capacity is null });

    public bool Get(string key, Span<byte> destination) => Backend.TryGet(key, destination, out _) == LookupOutcome.Hit;

    public int GetMany(ReadOnlySpan<string> keys, Span<byte> destination)
    {
        Span<BatchLookup> lookups = stackalloc BatchLookup[keys.Length];
        return Backend.TryGetMany(keys, destination, lookups);
    }

    public bool Read(string key, int[] sum) => Backend.TryRead(key, sum, static (value, sum) => sum[0] += value[0] + value[^1]);

    public void Dispose() => Backend.Dispose();

    public void Set(string key, byte[] value) => Backend.Set(key, value);
}
