using System.Buffers;

namespace Cistern;

/// <summary>
/// Says which file is a source, and how to read it: a path whose extension tells the format (<c>.json</c>, <c>.jsonl</c>, <c>.ndjson</c>,
/// <c>.csv</c>), or <c>json:PATH</c>, <c>jsonl:PATH?key=FIELD&amp;value=FIELD</c>, <c>csv:PATH?key=FIELD&amp;value=FIELD&amp;delimiter=;</c>.
/// Immutable.
/// </summary>
/// <remarks>
/// Options stand behind the last question mark of an address with a scheme; a plain path has none. <c>value=*</c> is the whole object or
/// row. <c>%XX</c> in an option's value is the byte it names; <c>delimiter=tab</c> is a tab.
/// </remarks>
public sealed class SourceAddress
{
    /// <summary>The scheme of a file that is one JSON object.</summary>
    public const string JsonScheme = "json";

    /// <summary>The scheme of a file of JSON objects, one a line.</summary>
    public const string JsonLinesScheme = "jsonl";

    /// <summary>The scheme of a CSV file.</summary>
    public const string CsvScheme = "csv";

    /// <summary>The option that names the field of the key.</summary>
    public const string KeyOption = "key";

    /// <summary>The option that names the field of the value.</summary>
    public const string ValueOption = "value";

    /// <summary>The option that gives the character between the fields of a CSV file.</summary>
    public const string DelimiterOption = "delimiter";

    private const string WholeRecord = "*";

    private static readonly Dictionary<string, string[]> OptionsOfScheme = new()
    {
        [JsonScheme] = [],
        [JsonLinesScheme] = [KeyOption, ValueOption],
        [CsvScheme] = [KeyOption, ValueOption, DelimiterOption],
    };

    private static readonly Dictionary<string, string> SchemeOfExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".json"] = JsonScheme,
        [".jsonl"] = JsonLinesScheme,
        [".ndjson"] = JsonLinesScheme,
        [".csv"] = CsvScheme,
    };

    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+");

    private readonly IReadOnlyDictionary<string, string> _options;

    private SourceAddress(string scheme, string path, IReadOnlyDictionary<string, string> options)
    {
        Scheme = scheme;
        Path = path;
        _options = options;
    }

    /// <summary>The format: <see cref="JsonScheme"/>, <see cref="JsonLinesScheme"/> or <see cref="CsvScheme"/>.</summary>
    public string Scheme { get; }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>The field of the key. The default is <c>key</c>.</summary>
    public string KeyField => _options.GetValueOrDefault(KeyOption, "key");

    /// <summary>The field of the value; null: the whole object or row. The default is <c>value</c>.</summary>
    public string? ValueField => _options.GetValueOrDefault(ValueOption, "value") is not WholeRecord and var name ? name : null;

    /// <summary>The character between the fields of a CSV file. The default is a comma.</summary>
    public char Delimiter => _options.TryGetValue(DelimiterOption, out var text) ? ToDelimiter(text)!.Value : ',';

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <exception cref="FormatException">It is none; the message says what is wrong and what is allowed.</exception>
    public static SourceAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (scheme, remainder) = SplitScheme(text);
        if (scheme is null) return new SourceAddress(SchemeOf(text), text, new Dictionary<string, string>());
        if (!OptionsOfScheme.TryGetValue(scheme, out var known))
        {
            throw new FormatException($"\"{scheme}:\" is not a kind of source; {string.Join(", ", OptionsOfScheme.Keys.Select(name => name + ":"))} are.{NearestWord.Suggest(scheme, OptionsOfScheme.Keys)}");
        }

        var question = remainder.LastIndexOf('?');
        var path = question < 0 ? remainder : remainder[..question];
        if (path.Length == 0) throw new FormatException($"\"{text}\" names no file; {scheme}:PATH is needed.");
        return new SourceAddress(scheme, path, question < 0 ? new Dictionary<string, string>() : ParseOptions(remainder[(question + 1)..], scheme, known));
    }

    /// <summary>The same address with its path taken from a folder, unless it is a full path already.</summary>
    /// <param name="folder">The folder.</param>
    public SourceAddress WithBaseFolder(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new SourceAddress(Scheme, System.IO.Path.Combine(folder, Path), _options);
    }

    /// <summary>The scheme and the path, without options.</summary>
    public override string ToString() => $"{Scheme}:{Path}";

    // One letter is a drive, and a colon behind a slash or a dot is part of a path.
    private static (string? Scheme, string Remainder) SplitScheme(string text)
    {
        var colon = text.IndexOf(':');
        return colon > 1 && !text.AsSpan(0, colon).ContainsAnyExcept(SchemeCharacters)
            ? (text[..colon].ToLowerInvariant(), text[(colon + 1)..])
            : (null, text);
    }

    private static string SchemeOf(string path)
    {
        var extension = System.IO.Path.GetExtension(path);
        return SchemeOfExtension.TryGetValue(extension, out var scheme)
            ? scheme
            : throw new FormatException($"\"{path}\" does not tell its format; end it in {string.Join(", ", SchemeOfExtension.Keys)}, or write json:PATH, jsonl:PATH or csv:PATH.{NearestWord.Suggest(extension, SchemeOfExtension.Keys)}");
    }

    private static Dictionary<string, string> ParseOptions(string text, string scheme, string[] known)
    {
        var options = new Dictionary<string, string>();
        foreach (var option in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=');
            var name = equals < 0 ? option : option[..equals];
            if (!known.Contains(name)) throw new FormatException($"\"{name}\" is not an option of {scheme}:; {(known.Length == 0 ? "it has none" : string.Join(", ", known) + " are")}.{NearestWord.Suggest(name, known)}");
            if (equals < 0) throw new FormatException($"The option \"{name}\" has no value; {name}=VALUE is needed.");
            var value = Uri.UnescapeDataString(option[(equals + 1)..]);
            if (name == DelimiterOption && ToDelimiter(value) is null) throw new FormatException("\"delimiter\" must be one character of ASCII, not a quote and not a line end, or the word tab.");
            if (!options.TryAdd(name, value)) throw new FormatException($"The option \"{name}\" appears twice; it may appear once.");
        }

        return options;
    }

    private static char? ToDelimiter(string text) => text switch
    {
        "tab" => '\t',
        [var only and > '\0' and < '\u0080' and not '"' and not '\r' and not '\n'] => only,
        _ => null,
    };
}
