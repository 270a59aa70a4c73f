namespace Cistern.Cli;

/// <summary>
/// A file of lookups, read once, from its beginning to its end, in memory that does not grow with the file. Its format is told by its
/// extension (<c>.jsonl</c>, <c>.ndjson</c>, <c>.csv</c>; anything else but <c>.json</c> is plain) or by what stands before it: <c>txt:PATH</c>,
/// <c>jsonl:PATH</c>, <c>csv:PATH</c>.
/// </summary>
internal sealed class LookupFile : IDisposable
{
    /// <summary>The most bytes of a line or row: a key takes up to 64 KiB, and escapes make it longer.</summary>
    public const int MaxLineBytes = 64 * 1024 * 1024;

    private static readonly Dictionary<string, LookupFormat> FormatOfPrefix = new()
    {
        ["txt"] = LookupFormat.Plain,
        ["jsonl"] = LookupFormat.JsonLines,
        ["csv"] = LookupFormat.Csv,
    };

    private static readonly Dictionary<string, LookupFormat> FormatOfExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".jsonl"] = LookupFormat.JsonLines,
        [".ndjson"] = LookupFormat.JsonLines,
        [".csv"] = LookupFormat.Csv,
    };

    private readonly FileStream _stream;

    private LookupFile(string name, LookupFormat format, FileStream stream)
    {
        Name = name;
        Format = format;
        _stream = stream;
    }

    /// <summary>The path of the file, for errors.</summary>
    public string Name { get; }

    /// <summary>How the file holds its lookups.</summary>
    public LookupFormat Format { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="address">The file.</param>
    /// <param name="baseFolder">Where a relative path is taken from; null: the current folder.</param>
    /// <exception cref="CacheSourceException">The file cannot be opened, or is no file of lookups by its extension.</exception>
    public static LookupFile Open(string address, string? baseFolder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        var colon = address.IndexOf(':');
        var hasPrefix = FormatOfPrefix.TryGetValue(colon < 0 ? "" : address[..colon], out var format);
        var path = hasPrefix ? address[(colon + 1)..] : address;
        var extension = Path.GetExtension(path);
        if (!hasPrefix && extension.Equals(".json", StringComparison.OrdinalIgnoreCase)) throw new CacheSourceException($"{path}: A file of lookups has one key a line, or is JSON Lines or CSV; a JSON array of keys goes into the configuration.");
        if (!hasPrefix) format = FormatOfExtension.GetValueOrDefault(extension, LookupFormat.Plain);
        if (baseFolder is not null) path = Path.Combine(baseFolder, path);
        return new LookupFile(path, format, RecordScanner.OpenFile(path));
    }

    /// <summary>The lookups, in the order of the file. Can be asked for once.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CacheSourceException">Thrown while reading: a line is not a lookup, or the file cannot be read; the message says where.</exception>
    public IEnumerable<Lookup> Read(CancellationToken cancellationToken = default) => Format switch
    {
        LookupFormat.Plain => PlainLookups.Read(_stream, Name, cancellationToken),
        LookupFormat.JsonLines => JsonLookups.Read(_stream, Name, cancellationToken),
        _ => CsvLookups.Read(_stream, Name, cancellationToken),
    };

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();
}
