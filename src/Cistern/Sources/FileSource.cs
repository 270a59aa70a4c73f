namespace Cistern;

/// <summary>
/// A source over one file, safe for concurrent use. A file within <see cref="FileSourceOptions.MaxMemoryBytes"/> is read once and held as
/// it was; of a larger one, one pass with bounded memory builds an index on disk, and values are read from the file when asked for.
/// Both forms give the same entries in the same order. Derive from it to teach it another format.
/// </summary>
/// <remarks>
/// A <see cref="SourcePosition"/> counts the records of the file before it, dropped ones too, so that it means the same place in both
/// forms, and still does after the file has grown at its end. Reads of an indexed file are positional and complete synchronously.
/// </remarks>
public abstract class FileSource : ICacheSource, IAsyncDisposable
{
    private readonly string _path;
    private readonly FileFormat _format;
    private readonly FileSourceOptions _options;
    private FileEntries? _entries;
    private bool _isDisposed;

    /// <summary>Prepares a source; <see cref="LoadAsync"/> makes it ready.</summary>
    /// <param name="path">The file. A pipe is read to its end.</param>
    /// <param name="format">How the file is read.</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    protected FileSource(string path, FileFormat format, FileSourceOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _path = path;
        _format = format;
        _options = options;
    }

    /// <summary>The file, as its path was given.</summary>
    public string Name => _path;

    /// <summary>Whether only an index of the file is held, on disk, because the file is larger than the memory it may take.</summary>
    public bool IsIndexed => Entries is IndexedEntries;

    private FileEntries Entries
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _entries ?? throw new InvalidOperationException("The source has not been loaded.");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="CacheSourceException">The file changed since it was opened, or could not be read.</exception>
    public ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Entries.ReadAsync(key, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="CacheSourceException">The file changed since it was opened, or could not be read.</exception>
    /// <exception cref="ArgumentException">The position is not one of this source's.</exception>
    public ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        return Entries.ReadPageAsync(RecordNumber.Parse(position), maxEntries, cancellationToken);
    }

    /// <summary>Closes the file and deletes the index. Idempotent; later reads throw <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _entries?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads the file of a source through, and returns the source, ready. The work is done on a thread of the pool.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="source">A source that was just created.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="CacheSourceException">The file could not be read, or does not hold what its format asks for.</exception>
    protected static async ValueTask<TSource> LoadAsync<TSource>(TSource source, CancellationToken cancellationToken) where TSource : FileSource
    {
        ArgumentNullException.ThrowIfNull(source);
        source._entries = await Task.Run(() => FileLoad.Run(source._path, source._format, source._options, cancellationToken), cancellationToken).ConfigureAwait(false);
        return source;
    }
}
