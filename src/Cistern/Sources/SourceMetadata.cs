namespace Cistern;

/// <summary>The metadata that sources give beside a value.</summary>
public static class SourceMetadata
{
    /// <summary>The name under which the media type of a value is kept.</summary>
    public const string ContentType = "content-type";

    /// <summary>The media type of a value that is JSON. A value without a media type is text, or bytes of its own kind.</summary>
    public const string JsonContentType = "application/json";

    /// <summary>The metadata of a value that is JSON.</summary>
    public static IReadOnlyDictionary<string, string> Json { get; } =
        new Dictionary<string, string> { [ContentType] = JsonContentType }.AsReadOnly();

    /// <summary>Whether metadata says that its value is JSON.</summary>
    /// <param name="metadata">The metadata; null: none.</param>
    public static bool IsJson(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is not null && metadata.TryGetValue(ContentType, out var type) && type == JsonContentType;
}
