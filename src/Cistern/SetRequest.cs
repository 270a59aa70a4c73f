namespace Cistern;

/// <summary>One entry of a batch set.</summary>
/// <param name="Key">The key, by the rules of every key.</param>
/// <param name="Value">The value. It is copied; the caller may reuse its memory once the batch has returned.</param>
/// <param name="Options">How the value is set. Null: <see cref="SetOptions.Default"/>.</param>
public readonly record struct SetRequest(string Key, ReadOnlyMemory<byte> Value, SetOptions? Options = null);
