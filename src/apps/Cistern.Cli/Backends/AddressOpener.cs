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

    /// <summary>Opens the backend of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="where">Where it was written, for errors.</param>
    /// <param name="surroundings">The known schemes, the clock, the folder.</param>
    /// <param name="isReadOnly">Whether it will only be read.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="BadInputException">The address names nothing that can be opened.</exception>
    /// <exception cref="CacheBackendException">The backend failed.</exception>
    public static async ValueTask<CacheBackend> OpenAsync(BackendAddress address, string where, Surroundings surroundings, bool isReadOnly, CancellationToken cancellationToken)
    {
        try { return await surroundings.Schemes.OpenAsync(address, surroundings.Opening(isReadOnly), cancellationToken).ConfigureAwait(false); }
        catch (FormatException error) { throw new BadInputException($"{where}: {error.Message}", error); }
    }
}
