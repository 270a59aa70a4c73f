namespace Cistern.Cli;

/// <summary>Takes the requests of a log as they come, and gives each new key the next number. Not thread-safe.</summary>
/// <param name="valueBytes">The bytes of a value whose size is not given.</param>
/// <param name="hasSizes">Whether requests have sizes of their own.</param>
internal sealed class ReplayLogBuilder(int valueBytes, bool hasSizes)
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<string> _keys = [];
    private readonly List<int> _requests = [];
    private readonly List<int>? _sizes = hasSizes ? [] : null;

    /// <summary>How many requests there are so far.</summary>
    public int Count => _requests.Count;

    /// <summary>Adds a request.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="size">The bytes of its value; null: not given.</param>
    /// <returns>Why the key cannot be one; null: it can, and the request was added.</returns>
    public string? Add(ReadOnlySpan<char> key, int? size = null)
    {
        if (!_numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var number))
        {
            var text = key.ToString();
            if (CacheKey.Explain(text) is { } reason) return reason;
            number = _keys.Count;
            _numbers.Add(text, number);
            _keys.Add(text);
        }

        _requests.Add(number);
        _sizes?.Add(size ?? valueBytes);
        return null;
    }

    /// <summary>The log of all that was added; nothing may be added after it.</summary>
    /// <param name="name">What it is called.</param>
    public ReplayLog Build(string name) => new(name, _keys, _requests, _sizes, valueBytes);
}
