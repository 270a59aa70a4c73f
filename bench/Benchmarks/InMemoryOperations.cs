using System.Collections.Concurrent;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Caching.Memory;

namespace Cistern.Bench;

/// <summary>
/// Single operations of the in-memory backend, of a dictionary and of <see cref="MemoryCache"/>, over keys of 19 characters in no order and values of 100 bytes. An operation is on the next of 4096 keys, so
/// that with many entries it waits for memory, and with few it does not.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class InMemoryOperations : IDisposable
{
    private const int Drawn = 4096;
    private const int Group = 32;

    private readonly byte[] _value = new byte[100];
    private readonly byte[] _destination = new byte[100 * Group];
    private readonly BatchLookup[] _lookups = new BatchLookup[Group];
    private readonly ConcurrentDictionary<string, byte[]> _dictionary = new();
    private readonly MemoryCache _memoryCache = new(new MemoryCacheOptions());
    private readonly InMemoryBackend _backend = new(InMemoryBackendOptions.Unbounded);
    private string[] _keys = [];
    private int _next;

    /// <summary>How many entries there are.</summary>
    [Params(1_000, 1_000_000)]
    public int Entries { get; set; }

    /// <summary>Stores the entries.</summary>
    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < Entries; i++)
        {
            _dictionary[Key(i)] = _value.AsSpan().ToArray();
            _memoryCache.Set(Key(i), _value.AsSpan().ToArray());
            _backend.Set(Key(i), _value);
        }

        var random = new Random(1);
        _keys = Enumerable.Range(0, Drawn).Select(_ => Key(random.Next(Entries))).ToArray();
    }

    /// <summary>A dictionary's value, copied.</summary>
    [Benchmark(Baseline = true)]
    public bool DictionaryGet()
    {
        if (!_dictionary.TryGetValue(Next(), out var value)) return false;
        value.CopyTo(_destination, 0);
        return true;
    }

    /// <summary>A <see cref="MemoryCache"/>'s value.</summary>
    [Benchmark]
    public byte[]? MemoryCacheGet() => _memoryCache.Get<byte[]>(Next());

    /// <summary>Into a span.</summary>
    [Benchmark]
    public LookupOutcome TryGet() => _backend.TryGet(Next(), _destination, out _);

    /// <summary>An array of its own.</summary>
    [Benchmark]
    public byte[]? Get() => _backend.Get(Next());

    /// <summary>With a callback.</summary>
    [Benchmark]
    public bool TryRead() => _backend.TryRead(Next(), this, static (value, me) => me._destination[0] = value[0]);

    /// <summary>32 keys at once; the figures are for each.</summary>
    [Benchmark(OperationsPerInvoke = Group)]
    public int TryGetMany()
    {
        _next = (_next + Group) % (Drawn - Group);
        return _backend.TryGetMany(_keys.AsSpan(_next, Group), _destination, _lookups);
    }

    /// <summary>Over a value of the same length.</summary>
    [Benchmark]
    public SetOutcome Overwrite() => _backend.Set(Next(), _value);

    /// <summary>A dictionary's value, replaced.</summary>
    [Benchmark]
    public void DictionaryOverwrite() => _dictionary[Next()] = _value.AsSpan().ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        _backend.Dispose();
        _memoryCache.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"key:{i * 2654435761L % 1_000_000_007:d15}");

    private string Next() => _keys[_next = (_next + 1) & (Drawn - 1)];
}
