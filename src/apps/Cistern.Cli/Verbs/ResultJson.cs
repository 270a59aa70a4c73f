using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cistern.Cli;

/// <summary>The JSON object that a verb prints: its fields in the order in which they are added.</summary>
internal sealed class ResultJson
{
    private const string Indent = "  ";

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly JsonFields _fields;

    public ResultJson()
    {
        _output.Write("{\n"u8);
        _fields = new JsonFields(_output, Indent);
    }

    public ResultJson Add(string name, long? number)
    {
        _fields.Add(name, number);
        return this;
    }

    public ResultJson Add(string name, bool flag)
    {
        _fields.Add(name, flag);
        return this;
    }

    public ResultJson Add(string name, string? text)
    {
        _fields.Add(name, text);
        return this;
    }

    /// <summary>An instant, as RFC 3339 in UTC to the millisecond.</summary>
    public ResultJson Add(string name, DateTimeOffset? instant) => Add(name, instant is { } given ? InstantText.Of(given) : null);

    public ResultJson AddRate(string name, double rate)
    {
        _fields.AddNumber(name, rate);
        return this;
    }

    /// <summary>The bytes of a value: a string, and which encoding it is in.</summary>
    public ResultJson AddValue(string name, ReadOnlySpan<byte> value)
    {
        _fields.Name(name);
        var isText = System.Text.Unicode.Utf8.IsValid(value);
        if (isText) JsonText.WriteString(_output, value);
        else JsonText.WriteString(_output, Convert.ToBase64String(value).AsSpan());
        return Add($"{name}_encoding", isText ? "utf-8" : "base64");
    }

    /// <summary>An object of strings.</summary>
    public ResultJson Add(string name, IReadOnlyDictionary<string, string> texts)
    {
        _fields.Name(name);
        WriteObject(texts.Select(pair => (pair.Key, (object?)pair.Value)));
        return this;
    }

    /// <summary>An array of objects, each on its line.</summary>
    /// <param name="name">The field.</param>
    /// <param name="rows">The fields of each object; values are strings, whole numbers, flags or null.</param>
    public ResultJson AddRows(string name, IEnumerable<(string Name, object? Value)[]> rows)
    {
        _fields.Name(name);
        _output.Write("["u8);
        var hasRows = false;
        foreach (var row in rows)
        {
            Write((hasRows ? ",\n" : "\n") + Indent + Indent);
            WriteObject(row);
            hasRows = true;
        }

        Write(hasRows ? $"\n{Indent}]" : "]");
        return this;
    }

    /// <summary>Ends the object.</summary>
    /// <returns>Its text.</returns>
    public ReadOnlySpan<byte> Close()
    {
        _output.Write("\n}\n"u8);
        return _output.WrittenSpan;
    }

    private void WriteObject(IEnumerable<(string Name, object? Value)> fields)
    {
        var separator = "{";
        foreach (var (name, value) in fields)
        {
            Write(separator);
            JsonText.WriteString(_output, name.AsSpan());
            Write(": ");
            if (value is string text) JsonText.WriteString(_output, text.AsSpan());
            else Write(value switch { null => "null", bool flag => flag ? "true" : "false", IFormattable number => number.ToString(null, CultureInfo.InvariantCulture), _ => throw new ArgumentException($"{name} is no JSON.", nameof(fields)) });
            separator = ", ";
        }

        Write(separator == "{" ? "{}" : "}");
    }

    private void Write(string ascii) => _output.Write(Encoding.ASCII.GetBytes(ascii));
}
