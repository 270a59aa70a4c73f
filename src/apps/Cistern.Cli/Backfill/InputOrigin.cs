namespace Cistern.Cli;

/// <summary>
/// Chooses between what the command line names and what the configuration names, each with the folder in which its relative paths start:
/// the current one, and the configuration's own.
/// </summary>
internal sealed class InputOrigin(string configPath)
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(configPath)) ?? "";

    /// <summary>The address of the source; null: none is named.</summary>
    /// <exception cref="BadInputException">It is no address.</exception>
    public SourceAddress? Source(string? onCommandLine, string? inFile)
    {
        if (onCommandLine is not null) return Parse(onCommandLine, "--source");
        return inFile is null ? null : Parse(inFile, $"{configPath}: $.source").WithBaseFolder(_folder);
    }

    /// <summary>The file of the lookups, opened; null: none is named.</summary>
    /// <exception cref="BadInputException">Its name is empty.</exception>
    /// <exception cref="CacheSourceException">It cannot be opened.</exception>
    public LookupFile? Lookups(string? onCommandLine, string? inFile)
    {
        if ((onCommandLine ?? inFile) is "") throw new BadInputException($"{(onCommandLine is null ? $"{configPath}: $.lookups" : "--lookups")}: must name a file");
        if (onCommandLine is not null) return LookupFile.Open(onCommandLine);
        return inFile is null ? null : LookupFile.Open(inFile, _folder);
    }

    private static SourceAddress Parse(string text, string place)
    {
        try { return SourceAddress.Parse(text); }
        catch (FormatException error) { throw new BadInputException($"{place}: {error.Message}", error); }
    }
}
