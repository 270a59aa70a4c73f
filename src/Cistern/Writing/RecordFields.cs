namespace Cistern;

/// <summary>Which fields of a JSON record mean something to the writer. A field that is null counts as not there. Immutable.</summary>
public sealed record RecordFields
{
    /// <summary>The field of the key, which must be a string. Default <c>key</c>.</summary>
    public string Key { get; init; } = "key";

    /// <summary>What becomes of a record without a key. Default: <see cref="MissingKeyHandling.Reject"/>.</summary>
    public MissingKeyHandling OnMissingKey { get; init; }

    /// <summary>The field of the value: a string is its text, anything else the JSON it is. Null (the default): the whole record, as it was written.</summary>
    public string? Value { get; init; }

    /// <summary>The field of the TTL: a number of seconds greater than zero, bare or as a string, or a duration such as <c>"30s"</c>; an empty string is none. Null (the default): no field is.</summary>
    public string? TimeToLive { get; init; }

    /// <summary>The field of the metadata, an object of strings. Null (the default): no field is.</summary>
    public string? Metadata { get; init; }

    /// <summary>The field of the version, a whole number of 64 bits, bare or as a string; an empty string is none. Null (the default): no field is.</summary>
    public string? Version { get; init; }
}
