namespace Cistern;

/// <summary>What every source that reads a file can be told.</summary>
public abstract class FileSourceOptions
{
    private const int Megabyte = 1024 * 1024;
    private const int MostValueBytes = 1024 * Megabyte;

    /// <summary>
    /// Files up to this many bytes are held in memory; of larger ones only an index, on disk, is made. At least 0; the default is 64 MB.
    /// </summary>
    public long MaxMemoryBytes { get; init; } = 64 * Megabyte;

    /// <summary>
    /// The most bytes of one value. From 1 to 1 GB; the default is 64 MB. A line, a row or a property may have 1 MB more, and 65 MB at least.
    /// </summary>
    public int MaxValueBytes { get; init; } = 64 * Megabyte;

    /// <summary>
    /// The folder for the index of a large file and for the content of a long pipe. It needs about 44 bytes for each entry. Null, the
    /// default: <see cref="Path.GetTempPath"/>.
    /// </summary>
    public string? TempFolder { get; init; }

    /// <summary>The hash of the index; null: SipHash under a random key. Only tests give another.</summary>
    internal Func<string, ulong>? KeyHash { get; init; }

    /// <summary>How many entries of the index are sorted in memory at once.</summary>
    internal int IndexRunLength { get; init; } = Megabyte;

    /// <summary>The most bytes of a line, a row or a property: the largest value and the longest key fit into it.</summary>
    internal int MaxRecordBytes => Math.Max(64 * Megabyte, MaxValueBytes) + Megabyte;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxMemoryBytes, nameof(MaxMemoryBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxValueBytes, 1, nameof(MaxValueBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxValueBytes, MostValueBytes, nameof(MaxValueBytes));
        if (TempFolder is not null) ArgumentException.ThrowIfNullOrEmpty(TempFolder, nameof(TempFolder));
    }
}
