namespace Cistern.Cli;

/// <summary>A backend to write to, as somebody chose it: by a word or by an address. Immutable.</summary>
/// <param name="Shown">What it is called everywhere: the word, or the address without secrets.</param>
/// <param name="Address">Its address.</param>
/// <param name="BaseFolder">Where a relative path in the address begins.</param>
/// <param name="Where">Where it was written, for errors.</param>
internal sealed record BackendChoice(string Shown, BackendAddress Address, string BaseFolder, string Where)
{
    public const string Allowed = "memory, file, sqlite, or an address such as file:cache.json";

    private const string Memory = "memory:";

    // The words, and what each stands for beside the output. None evicts: memory without options is opened without bounds, a bound that is
    // never reached drops the file's defaults, and SQLite has none.
    private static readonly Dictionary<string, string> Words = new()
    {
        ["memory"] = Memory,
        ["file"] = $"file:cache_file.json?capacity={long.MaxValue}",
        ["sqlite"] = "sqlite:cache_sqlite.db",
    };

    /// <summary>Whether it is memory without bounds: the writer then keeps everything.</summary>
    public bool IsPlainMemory => Address.Scheme == "memory" && Address.Options.Count == 0 && Address.Location.Length == 0;

    /// <summary>The files that it will have for itself; none for a backend that has no files.</summary>
    /// <exception cref="BadInputException">The address names nothing that can be opened.</exception>
    public IReadOnlyList<string> FindFiles(Surroundings surroundings) => AddressOpener.FindFiles(Address, Where, surroundings.Schemes, OpeningIn(surroundings));

    /// <summary>How it is opened.</summary>
    public BackendOpening OpeningIn(Surroundings surroundings) => surroundings.Opening(isReadOnly: false) with { BaseFolder = BaseFolder };

    /// <summary>Reads a choice.</summary>
    /// <param name="text">The word or address.</param>
    /// <param name="output">Where the summary goes: what a word stands for is beside it.</param>
    /// <param name="folder">Where relative paths of addresses begin.</param>
    /// <param name="where">Where it was written, for errors.</param>
    public static BackendChoice Parse(string text, OutputPath output, string folder, string where)
    {
        if (Words.TryGetValue(text, out var address))
        {
            if (address != Memory && (output.IsStream || output.IsStandardOutput)) throw new BadInputException($"{where}: \"{text}\" goes beside the output, which is no file; write an address such as {text}:PATH");
            return new BackendChoice(text, BackendAddress.Parse(address), Path.GetDirectoryName(output.Full)!, where);
        }

        try
        {
            var parsed = BackendAddress.Parse(text);
            return new BackendChoice(parsed.ToString(), parsed, folder, where);
        }
        catch (FormatException error)
        {
            // A word near another was meant to be that.
            var near = text.Contains(':') ? null : NearestWord.Find(text, Words.Keys);
            throw new BadInputException(near is null ? $"{where}: {error.Message}" : $"{where}: unknown backend '{text}'; did you mean '{near}'?", error);
        }
    }
}
