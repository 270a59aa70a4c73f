namespace Cistern.Bench;

/// <summary>What is measured: a cache, or a dictionary that would be one.</summary>
internal interface IStore
{
    /// <summary>Looks a key up as the store's callers do.</summary>
    bool Get(string key, Span<byte> destination);

    /// <summary>Looks keys up as the store's callers do when they have several; returns how many are there.</summary>
    int GetMany(ReadOnlySpan<string> keys, Span<byte> destination)
    {
        var found = 0;
        foreach (var key in keys) found += Get(key, destination) ? 1 : 0;
        return found;
    }

    /// <summary>Looks a key up and reads of its value, where it is, its first and last byte.</summary>
    bool Read(string key, int[] sum);

    void Set(string key, byte[] value);
}
