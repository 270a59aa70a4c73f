using System.Collections.Concurrent;

namespace Cistern.Bench;

/// <summary>A <see cref="ConcurrentDictionary{TKey, TValue}"/>, whose callers get a reference, or copy what it refers to.</summary>
internal sealed class DictionaryStore(bool copies) : IStore
{
    private readonly ConcurrentDictionary<string, byte[]> _values = new();

    public bool Get(string key, Span<byte> destination)
    {
        if (!_values.TryGetValue(key, out var value)) return false;
        if (copies) value.CopyTo(destination);
        else destination[0] = value[0];
        return true;
    }

    public bool Read(string key, int[] sum)
    {
        if (!_values.TryGetValue(key, out var value)) return false;
        sum[0] += value[0] + value[^1];
        return true;
    }

    // A copy of its own: a cache does not keep its caller's array.
    public void Set(string key, byte[] value) => _values[key] = value.AsSpan().ToArray();
}
