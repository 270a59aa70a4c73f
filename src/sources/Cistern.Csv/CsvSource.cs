namespace Cistern;

/// <summary>
/// A source over a CSV file (RFC 4180) with a header. Of rows with the same key the last one wins, and takes its own place in the order.
/// A value is the text of its field in UTF-8, or the whole row as a JSON object of strings, with <see cref="SourceMetadata.Json"/>. There is
/// no null: an empty field is an empty text. Empty lines are skipped.
/// </summary>
public sealed class CsvSource : FileSource
{
    private CsvSource(string path, CsvSourceOptions options) : base(path, new CsvFormat(options), options)
    {
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file: UTF-8, with or without a byte order mark.</param>
    /// <param name="options">The columns, the delimiter and the limits. Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="CacheSourceException">The file cannot be read, or a row is not an entry within the limits; the message says where.</exception>
    /// <exception cref="ArgumentException">The delimiter is not one.</exception>
    public static ValueTask<CsvSource> OpenAsync(string path, CsvSourceOptions? options = null, CancellationToken cancellationToken = default) =>
        LoadAsync(new CsvSource(path, options ?? new CsvSourceOptions()), cancellationToken);
}
