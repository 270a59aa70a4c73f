using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cistern.Cli;

/// <summary>Writes the fields of one JSON object, each on its line.</summary>
internal sealed class JsonFields(IBufferWriter<byte> output, string indent)
{
    public bool IsFirst { get; init; } = true;

    private bool _hasFields;

    /// <summary>Writes a name; what follows is the caller's to write.</summary>
    public void Name(string name)
    {
        var separator = IsFirst && !_hasFields ? "" : ",\n";
        _hasFields = true;
        output.Write(Encoding.ASCII.GetBytes($"{separator}{indent}\"{name}\": "));
    }

    public void Add(string name, long? number) => AddLiteral(name, number?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, bool flag) => AddLiteral(name, flag ? "true" : "false");

    public void AddRate(string name, double rate) => AddLiteral(name, JsonText.Rate(rate));

    /// <summary>A number that is not a rounded rate: as many digits as it has.</summary>
    public void AddNumber(string name, double? number) => AddLiteral(name, number is { } given && given == Math.Truncate(given) ? JsonText.Rate(given) : number?.ToString("R", CultureInfo.InvariantCulture));

    public void Add(string name, string? text)
    {
        Name(name);
        if (text is null) output.Write("null"u8);
        else JsonText.WriteString(output, text.AsSpan());
    }

    private void AddLiteral(string name, string? literal)
    {
        Name(name);
        output.Write(Encoding.ASCII.GetBytes(literal ?? "null"));
    }
}
