namespace Cistern;

/// <summary>
/// A source over a file of JSON objects, one a line. Of lines with the same key the last one wins, and takes its own place in the order; a
/// null there makes the key absent. A string value is its text in UTF-8; any other value, and a whole object, is the JSON it was, with
/// <see cref="SourceMetadata.Json"/>. Blank lines are skipped.
/// </summary>
public sealed class JsonLinesSource : FileSource
{
    private JsonLinesSource(string path, JsonLinesSourceOptions options) : base(path, new JsonLineFormat(options), options)
    {
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file: UTF-8 without a byte order mark; objects of at most 64 levels.</param>
    /// <param name="options">The fields and the limits. Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="CacheSourceException">The file cannot be read, or a line is not an entry within the limits; the message says where.</exception>
    public static ValueTask<JsonLinesSource> OpenAsync(string path, JsonLinesSourceOptions? options = null, CancellationToken cancellationToken = default) =>
        LoadAsync(new JsonLinesSource(path, options ?? new JsonLinesSourceOptions()), cancellationToken);
}
