using Microsoft.Extensions.Caching.Memory;

namespace Cistern.Bench;

/// <summary><see cref="MemoryCache"/>, with every entry of size 1.</summary>
internal sealed class MemoryCacheStore(long? capacity) : IStore, IDisposable
{
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = capacity, TrackStatistics = true });

    public bool Get(string key, Span<byte> destination)
    {
        if (!_cache.TryGetValue(key, out var found)) return false;
        destination[0] = ((byte[])found!)[0];
        return true;
    }

    public bool Read(string key, int[] sum)
    {
        if (!_cache.TryGetValue(key, out var found)) return false;
        var value = (byte[])found!;
        sum[0] += value[0] + value[^1];
        return true;
    }

    public void Dispose() => _cache.Dispose();

    public void Set(string key, byte[] value)
    {
        using var entry = _cache.CreateEntry(key);
        entry.Size = 1;
        entry.Value = value.AsSpan().ToArray();
    }
}
