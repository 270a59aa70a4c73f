namespace Cistern;

/// <summary>How a <see cref="CsvSource"/> reads its file.</summary>
public sealed class CsvSourceOptions : FileSourceOptions
{
    /// <summary>The column of the key. The default is <c>key</c>.</summary>
    public string KeyField { get; init; } = "key";

    /// <summary>The column of the value; null: the whole row is the value, as a JSON object of strings. The default is <c>value</c>.</summary>
    public string? ValueField { get; init; } = "value";

    /// <summary>What stands between fields: a character of ASCII, not a quote and not a line end. The default is a comma.</summary>
    public char Delimiter { get; init; } = ',';
}
