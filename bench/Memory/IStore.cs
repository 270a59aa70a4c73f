namespace Cistern.Bench;

/// <summary>What is measured: a cache, or a dictionary that would be one.</summary>
internal interface IStore
{
    /// <summary>Looks a key up as the store's callers do.</summary>
    bool Get(string key, Span<byte> destination);

    void Set(string key, byte[] value);
}
