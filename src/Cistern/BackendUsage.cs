namespace Cistern;

/// <summary>What a backend holds, as its core reports it for the statistics. Null: not known.</summary>
public readonly record struct BackendUsage
{
    /// <summary>Entries held. May include expired ones that wait for their removal.</summary>
    public long? Entries { get; init; }

    /// <summary>Bytes of values held.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>All bytes held: values, keys, metadata, tombstones and the structures around them.</summary>
    public long? MemoryBytes { get; init; }
}
