namespace Cistern.Cli;

/// <summary>Opens backends by the addresses that people write. Nothing of an address but its scheme and the names of its options is ever printed from here.</summary>
internal static class AddressOpener
{
    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <param name="where">Where it was written, for errors.</param>
    /// <param name="schemes">What is known, for a suggestion.</param>
    /// <exception cref="BadInputException">It is none.</exception>
    public static BackendAddress Parse(string text, string where, BackendSchemes schemes)
    {
        try
        {
            return BackendAddress.Parse(text);
        }
        catch (FormatException error)
        {
            var hint = !text.Contains(':') && NearestWord.Find(text, schemes.Names) is { } near ? $"; did you mean '{near}:'?" : "";
            throw new BadInputException($"{where}: {error.Message}{hint}", error);
        }
    }

    /// <summary>The files that the backend of an address has for itself.</summary>
    /// <exception cref="BadInputException">The address names nothing that can be opened.</exception>
    public static IReadOnlyList<string> FindFiles(BackendAddress address, string where, BackendSchemes schemes, BackendOpening opening)
    {
        try { return schemes.Find(address).FilesOf(address, opening); }
        catch (FormatException error) { throw new BadInputException($"{where}: {error.Message}", error); }
    }

    /// <summary>Opens the backend of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="where">Where it was written, for errors.</param>
    /// <param name="schemes">What is known.</param>
    /// <param name="opening">How it is opened.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    public static async ValueTask<CacheBackend> OpenAsync(BackendAddress address, string where, BackendSchemes schemes, BackendOpening opening, CancellationToken cancellationToken)
    {
        try { return await schemes.OpenAsync(address, opening, cancellationToken).ConfigureAwait(false); }
        catch (Exception error) when (error is FormatException or CacheBackendException) { throw new BadInputException($"{where}: {error.Message}", error); }
    }
}
