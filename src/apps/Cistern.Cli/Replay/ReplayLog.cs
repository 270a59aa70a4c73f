using System.Runtime.InteropServices;

namespace Cistern.Cli;

/// <summary>The requests of a log, in order; each key is held once. Immutable, safe for concurrent use.</summary>
internal sealed class ReplayLog
{
    private readonly List<string> _keys;
    private readonly List<int> _requests;
    private readonly List<int>? _sizes;
    private readonly int _valueBytes;

    /// <param name="name">What the log is called.</param>
    /// <param name="keys">The distinct keys.</param>
    /// <param name="requests">The number of the key of each request.</param>
    /// <param name="sizes">The bytes of each request's value; null: the log does not say.</param>
    /// <param name="valueBytes">The bytes of every value, if the log does not say.</param>
    public ReplayLog(string name, List<string> keys, List<int> requests, List<int>? sizes, int valueBytes)
    {
        Name = name;
        _keys = keys;
        _requests = requests;
        _sizes = sizes;
        _valueBytes = valueBytes;
        (RequestedBytes, FootprintBytes, var mostBytes) = Sum();
        Value = new byte[mostBytes];
    }

    /// <summary>What the log is called.</summary>
    public string Name { get; }

    /// <summary>The distinct keys, by their numbers.</summary>
    public ReadOnlySpan<string> Keys => CollectionsMarshal.AsSpan(_keys);

    /// <summary>The number of the key of each request.</summary>
    public ReadOnlySpan<int> Requests => CollectionsMarshal.AsSpan(_requests);

    /// <summary>Whether the log gives the sizes of values.</summary>
    public bool HasSizes => _sizes is not null;

    /// <summary>The bytes of the values of all requests.</summary>
    public long RequestedBytes { get; }

    /// <summary>The bytes of the values of all keys, each as its first request has it: what a backend without bounds would hold.</summary>
    public long FootprintBytes { get; }

    /// <summary>As many bytes as the largest value has; the value of a request is so many of them as it has.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>The bytes of the value of a request.</summary>
    public int SizeOf(int request) => _sizes is null ? _valueBytes : _sizes[request];

    private (long Requested, long Footprint, int Most) Sum()
    {
        if (_sizes is null) return ((long)_valueBytes * _requests.Count, (long)_valueBytes * _keys.Count, _valueBytes);
        var (requested, footprint, most, seen) = (0L, 0L, 0, 0);
        for (var i = 0; i < _requests.Count; i++)
        {
            var size = _sizes[i];
            requested += size;
            most = Math.Max(most, size);

            // Keys are numbered as they come: a new one has the number of those before it.
            if (_requests[i] != seen) continue;
            footprint += size;
            seen++;
        }

        return (requested, footprint, most);
    }
}
