using System.Text;
using System.Text.Json;

namespace Cistern.Cli;

/// <summary>
/// Reads a configuration strictly, in one pass and without a document tree: an object of settings, and of a few keys that mean more, which
/// whoever derives from this reads. One use.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="rows">The settings that it may have.</param>
/// <typeparam name="TSettings">What the rows set.</typeparam>
internal abstract class ConfigReader<TSettings>(InputFile file, IReadOnlyList<SettingRow<TSettings>> rows) where TSettings : class
{
    private const int MostDepth = 64;

    private readonly HashSet<string> _seen = [];

    protected InputFile Input => file;

    /// <summary>Where in the file the reader's own counting starts.</summary>
    protected int Start { get; set; }

    /// <summary>The rows given, with the values as written.</summary>
    protected Dictionary<SettingRow<TSettings>, SettingValue> Values { get; } = [];

    /// <summary>What the object must hold, for an error.</summary>
    protected abstract string Contents { get; }

    /// <summary>Every key that is known, in the order of the documentation.</summary>
    protected abstract IReadOnlyList<string> KnownKeys { get; }

    /// <summary>Reads the value of a key that is no setting; false where it is none of them, and then the reader has not moved.</summary>
    protected abstract bool TryReadProperty(ref Utf8JsonReader reader, string name);

    /// <summary>Reads the file to its end.</summary>
    /// <exception cref="BadInputException">It holds something else.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    protected void ReadFile()
    {
        var reader = new Utf8JsonReader(file.Span, new JsonReaderOptions { MaxDepth = MostDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad("$", $"must be an object with {Contents}; found {FoundAt(ref reader)}");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            if (!_seen.Add(name)) throw Bad(At(ref reader), $"\"{name}\" is given twice");
            reader.Read();
            if (!TryReadProperty(ref reader, name)) ReadSetting(ref reader, name);
        }

        // Whatever follows the object is an error, which only reading on finds.
        reader.Read();
    }

    protected string Text(ref Utf8JsonReader reader) => Encoding.UTF8.GetString(reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);

    protected byte[] Unescape(ref Utf8JsonReader reader)
    {
        var bytes = new byte[reader.ValueSpan.Length];
        try { return bytes[..reader.CopyString(bytes)]; }
        catch (InvalidOperationException) { throw Bad(At(ref reader), "an escape is half of a surrogate pair (such as \\ud800 alone); text must be valid Unicode"); }
    }

    protected static string FoundAt(ref Utf8JsonReader reader) => new SettingValue(reader.TokenType, reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : "").Found;

    protected string At(ref Utf8JsonReader reader) => file.At(Start + reader.TokenStartIndex);

    // Places inside the file already name it; a JSON path does not.
    protected BadInputException Bad(string where, string what) => new(where[0] == '$' ? $"{file.Name}: {where}: {what}" : $"{where}: {what}");

    private void ReadSetting(ref Utf8JsonReader reader, string name)
    {
        var row = rows.FirstOrDefault(row => row.Name == name) ?? throw ConfigFault.UnknownKey(file, name, KnownKeys);
        var kind = reader.TokenType;
        Values.Add(row, new SettingValue(kind, kind == JsonTokenType.String ? Text(ref reader) : kind == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : ""));
        reader.Skip();
    }
}
