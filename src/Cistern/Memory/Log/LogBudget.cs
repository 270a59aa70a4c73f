namespace Cistern;

/// <summary>
/// The three bounds of an engine and what its shards hold of them. Whoever takes something asks first, so that no bound is exceeded even for a
/// moment. Safe for concurrent use.
/// </summary>
/// <param name="capacity">The most entries; null: not bounded.</param>
/// <param name="maxSizeBytes">The most bytes of values; null: not bounded.</param>
/// <param name="maxMemoryBytes">The most bytes in all; null: not bounded.</param>
/// <param name="shards">How many shards share them.</param>
/// <param name="took">Told how many bytes of memory were taken for entries.</param>
internal sealed class LogBudget(long? capacity, long? maxSizeBytes, long? maxMemoryBytes, int shards, Action<long> took)
{
    // What is not bounded is not added up, either, but for memory: shards would wait for each other to do it.
    private const long Unbounded = long.MaxValue;

    private readonly long _capacity = capacity ?? Unbounded;
    private readonly long _maxSizeBytes = maxSizeBytes ?? Unbounded;
    private readonly long _maxMemoryBytes = maxMemoryBytes ?? Unbounded;
    // While there is little memory elsewhere: beyond so much of it no segment is taken, unless there is nothing to save.
    private long _limit = Unbounded;
    private long _entries;
    private long _sizeBytes;
    private long _memoryBytes;

    // Of the memory, what does not come back when entries go.
    private long _lastingBytes;

    public long MemoryBytes => Volatile.Read(ref _memoryBytes);

    /// <summary>Of the memory, what comes back when entries go.</summary>
    public long SegmentBytes => Volatile.Read(ref _memoryBytes) - Volatile.Read(ref _lastingBytes);

    /// <summary>Of <see cref="SegmentBytes"/>, what each shard has on average.</summary>
    public long SegmentBytesOfAShard => SegmentBytes / shards;

    /// <summary>Of the memory that could be had for entries, each shard's part.</summary>
    public long RoomOfAShard => Math.Max(0, Math.Min(_maxMemoryBytes, Volatile.Read(ref _limit)) - MemoryBytes) / shards;

    public bool IsMemoryBounded => _maxMemoryBytes != Unbounded;

    /// <summary>Whether more is held than <see cref="Limit"/> allows, and some of it is to be given back first.</summary>
    public bool IsBeyondLimit => MemoryBytes > Volatile.Read(ref _limit) && SegmentBytes > MemoryPressure.LeastBytes;

    /// <summary>Bounds memory by less than its bound, but for what a set needs at once; null: no more. What is held stays.</summary>
    public void Limit(long? memoryBytes) => Volatile.Write(ref _limit, memoryBytes ?? Unbounded);

    /// <summary>Whether memory could be had for an entry, if there were no other.</summary>
    public bool CouldHold(long bytes) => bytes <= _maxMemoryBytes - Volatile.Read(ref _lastingBytes);

    public bool CouldHoldValue(long bytes) => bytes <= _maxSizeBytes;

    /// <summary>Takes room for entries and the bytes of their values; false: there is not enough, and nothing was taken.</summary>
    public bool TryTake(int entries, long sizeBytes)
    {
        if (_capacity != Unbounded && !TryAdd(ref _entries, entries, _capacity)) return false;
        if (_maxSizeBytes == Unbounded || TryAdd(ref _sizeBytes, sizeBytes, _maxSizeBytes)) return true;
        GiveBack(entries, 0);
        return false;
    }

    public void GiveBack(int entries, long sizeBytes)
    {
        if (entries != 0 && _capacity != Unbounded) Interlocked.Add(ref _entries, -entries);
        if (sizeBytes != 0 && _maxSizeBytes != Unbounded) Interlocked.Add(ref _sizeBytes, -sizeBytes);
    }

    /// <summary>Takes memory for what stays when entries go; false: there is not enough, and nothing was taken.</summary>
    public bool TryTakeMemory(long bytes)
    {
        if (!TryAdd(ref _memoryBytes, bytes, _maxMemoryBytes)) return false;
        Interlocked.Add(ref _lastingBytes, bytes);
        return true;
    }

    public void GiveBackMemory(long bytes)
    {
        if (bytes == 0) return;
        Interlocked.Add(ref _lastingBytes, -bytes);
        Interlocked.Add(ref _memoryBytes, -bytes);
    }

    /// <summary>Takes memory for entries; false: there is not enough, and nothing was taken.</summary>
    public bool TryTakeSegment(long bytes)
    {
        if (IsBeyondLimit || !TryAdd(ref _memoryBytes, bytes, _maxMemoryBytes)) return false;
        took(bytes);
        return true;
    }

    public void GiveBackSegment(long bytes) => Interlocked.Add(ref _memoryBytes, -bytes);

    private static bool TryAdd(ref long held, long more, long most)
    {
        if (more == 0) return true;
        if (Interlocked.Add(ref held, more) <= most || more < 0) return true;
        Interlocked.Add(ref held, -more);
        return false;
    }
}
