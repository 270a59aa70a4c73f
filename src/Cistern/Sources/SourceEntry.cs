namespace Cistern;

/// <summary>One entry as its source has it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
public readonly record struct SourceEntry(string Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>Strings to keep beside the value; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The version of the value; null: the source has none. With one, a newer value in the cache is never overwritten.</summary>
    public long? Version { get; init; }
}
