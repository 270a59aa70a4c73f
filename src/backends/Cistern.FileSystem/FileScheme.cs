namespace Cistern;

/// <summary>
/// Addresses of files: <c>file:cache.json?durability=power&amp;max-size=100MB</c>. The location is a path as it is written, with nothing
/// decoded in it; options are the bounds <c>capacity</c>, <c>max-size</c>, <c>max-memory</c> and <c>eviction</c>, as in memory, then <c>durability</c>
/// (os, group, power), <c>foreign</c> (refuse, accept), <c>max-file</c> and <c>read-only</c>.
/// </summary>
public sealed class FileScheme : BackendScheme, IVerifiableScheme
{
    private FileScheme() : base("file", ["capacity", "max-size", "max-memory", "eviction", "durability", "foreign", "max-file", "read-only"])
    {
    }

    /// <summary>The scheme.</summary>
    public static FileScheme Instance { get; } = new();

    /// <inheritdoc/>
    public override ValueTask<CacheBackend> OpenAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken)
    {
        var (path, options) = Read(address, opening);
        cancellationToken.ThrowIfCancellationRequested();
        if (opening.MustExist && !Path.Exists(path)) throw new CacheBackendException($"{path} is not there.");
        return new(FileBackend.Open(path, options));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> FilesOf(BackendAddress address, BackendOpening opening)
    {
        var (path, _) = Read(address, opening);
        try
        {
            return new FilePaths(path).All;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CacheBackendException)
        {
            // Links that lead in a circle, for one: it cannot be opened either.
            return [path];
        }
    }

    /// <inheritdoc/>
    public ValueTask<BackendVerification> VerifyAsync(BackendAddress address, BackendOpening opening, CancellationToken cancellationToken = default)
    {
        var (path, options) = Read(address, opening);
        cancellationToken.ThrowIfCancellationRequested();

        // Bounds would keep sound entries out, which is no damage.
        return new(FileBackend.Verify(path, options with { Capacity = null, MaxSizeBytes = null, MaxMemoryBytes = null, IsUnbounded = true }));
    }

    private static (string Path, FileBackendOptions Options) Read(BackendAddress address, BackendOpening opening)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(opening);
        if (address.Scheme != "file") throw new FormatException($"{address.Scheme}: is not an address of a file");
        if (address.Location.Length == 0) throw new FormatException("file: needs a path, as in file:cache.json");
        return (opening.FullPath(address.Location), new FileBackendOptions
        {
            Capacity = address.WholeOf("capacity", 1),
            MaxSizeBytes = address.BytesOf("max-size"),
            MaxMemoryBytes = address.BytesOf("max-memory"),
            Eviction = address.ChoiceOf("eviction", ("lru", EvictionMode.Lru), ("oldest_added", EvictionMode.OldestAdded)) ?? EvictionMode.Lru,
            Durability = address.ChoiceOf("durability", ("os", FileDurability.Os), ("group", FileDurability.Group), ("power", FileDurability.Power)) ?? FileDurability.Os,
            ForeignEdits = address.ChoiceOf("foreign", ("refuse", ForeignEdits.Refuse), ("accept", ForeignEdits.Accept)) ?? ForeignEdits.Refuse,
            MaxFileBytes = MaxFileOf(address),
            IsReadOnly = opening.IsReadOnly || address.FlagOf("read-only"),
            TimeProvider = opening.TimeProvider,
        });
    }

    private static long MaxFileOf(BackendAddress address)
    {
        var bytes = address.BytesOf("max-file");
        if (bytes < 1 || bytes > Array.MaxLength) throw new FormatException($"max-file must be from 1 byte to {Array.MaxLength}");
        return bytes ?? new FileBackendOptions().MaxFileBytes;
    }
}
