namespace Cistern;

/// <summary>How much one load may still bring: its own limit, and what the backend can hold at once.</summary>
internal sealed class BatchRoom(CacheBackend backend, long mostEntries)
{
    private readonly BackendCapabilities _bounds = backend.Capabilities;
    private long _entries;
    private long _sizeBytes;
    private long _memoryBytes;
    private bool _isFull;

    /// <summary>How one entry fits in.</summary>
    public enum Fit
    {
        /// <summary>It fits and was counted.</summary>
        Fits,

        /// <summary>It does not fit with what was taken before; nothing after it is taken either, to keep the source's order.</summary>
        Full,

        /// <summary>It would not fit even alone while tombstones hold what they do; a later load may take it.</summary>
        NotNow,

        /// <summary>It would not fit even alone.</summary>
        Never,
    }

    public bool IsUnbounded => _bounds is { Capacity: null, MaxSizeBytes: null, MaxMemoryBytes: null };

    public bool IsFull => _isFull || _entries >= mostEntries || _entries >= _bounds.Capacity;

    public Fit Take(SourceEntry entry)
    {
        var size = (long)entry.Value.Length;
        var memory = _bounds.MaxMemoryBytes is null ? 0 : (backend.EstimateMemoryBytes(entry.Key, size) ?? size) + MetadataBytes(entry);
        if (size > _bounds.MaxValueBytes || size > _bounds.MaxSizeBytes || memory > _bounds.MaxMemoryBytes) return Fit.Never;

        // Asked for each entry, as others may delete meanwhile.
        var maxMemory = _bounds.MaxMemoryBytes is null ? null : backend.MaxEntriesMemoryBytes;
        if (memory > maxMemory) return Fit.NotNow;
        if (_sizeBytes + size > _bounds.MaxSizeBytes || _memoryBytes + memory > maxMemory)
        {
            _isFull = true;
            return Fit.Full;
        }

        _entries++;
        _sizeBytes += size;
        _memoryBytes += memory;
        return Fit.Fits;
    }

    private static long MetadataBytes(SourceEntry entry) => entry.Metadata is { } metadata ? ObjectBytes.OfMetadata(metadata) : 0;
}
