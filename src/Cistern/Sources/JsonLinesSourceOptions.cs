namespace Cistern;

/// <summary>How a <see cref="JsonLinesSource"/> reads its file.</summary>
public sealed class JsonLinesSourceOptions : FileSourceOptions
{
    /// <summary>The field of the key, which must be a string. The default is <c>key</c>.</summary>
    public string KeyField { get; init; } = "key";

    /// <summary>The field of the value; null: the whole object is the value. The default is <c>value</c>.</summary>
    public string? ValueField { get; init; } = "value";
}
