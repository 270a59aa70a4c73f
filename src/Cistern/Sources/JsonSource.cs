namespace Cistern;

/// <summary>
/// A source over a file that is one JSON object: each property is an entry. A JSON null is an absent key, a string is its text in UTF-8,
/// and any other value is the JSON it was, with <see cref="SourceMetadata.Json"/>. A key that appears twice is an error.
/// </summary>
public sealed class JsonSource : FileSource
{
    private JsonSource(string path, JsonSourceOptions options) : base(path, new JsonObjectFormat(), options)
    {
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file: UTF-8 without a byte order mark, at most 64 levels deep.</param>
    /// <param name="options">The limits. Null: the defaults.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="CacheSourceException">The file cannot be read, or is not one JSON object within the limits; the message says where.</exception>
    public static ValueTask<JsonSource> OpenAsync(string path, JsonSourceOptions? options = null, CancellationToken cancellationToken = default) =>
        LoadAsync(new JsonSource(path, options ?? new JsonSourceOptions()), cancellationToken);
}
