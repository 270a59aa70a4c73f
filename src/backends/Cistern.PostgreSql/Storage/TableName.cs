using System.Text;

namespace Cistern;

/// <summary>The name of a table as statements hold it: quoted, with its schema. Names come from configuration, and go into statements nowhere else.</summary>
/// <param name="Schema">The schema's name as it is.</param>
/// <param name="Table">The table's name as it is.</param>
internal sealed record TableName(string Schema, string Table)
{
    // What is longer, the server cuts off without an error: two long names could then be one table.
    private const int MaxBytes = 63;

    /// <summary>Says in a sentence why a text cannot be a name; null when it can.</summary>
    public static string? Explain(string? name)
    {
        if (string.IsNullOrEmpty(name)) return "A name must not be empty.";
        if (CacheKey.Explain(name) is not null) return "A name must be valid Unicode without NUL.";
        return Encoding.UTF8.GetByteCount(name) > MaxBytes ? $"A name must have at most {MaxBytes} bytes of UTF-8." : null;
    }

    /// <summary>The name as statements hold it.</summary>
    public override string ToString() => $"{Quote(Schema)}.{Quote(Table)}";

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
