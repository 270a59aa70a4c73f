namespace Cistern.Cli;

/// <summary>Opens the source that an address names: the place that knows every format.</summary>
internal static class SourceOpener
{
    /// <summary>Opens a source. A relative path is taken from the current folder; see <see cref="SourceAddress.WithBaseFolder"/>.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="CacheSourceException">The file cannot be read, or does not hold what its format asks for; the message says where.</exception>
    public static async ValueTask<FileSource> OpenAsync(SourceAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Scheme switch
        {
            SourceAddress.JsonScheme => await JsonSource.OpenAsync(address.Path, null, cancellationToken).ConfigureAwait(false),
            SourceAddress.JsonLinesScheme => await JsonLinesSource.OpenAsync(address.Path, JsonLinesOptions(address), cancellationToken).ConfigureAwait(false),
            SourceAddress.CsvScheme => await CsvSource.OpenAsync(address.Path, CsvOptions(address), cancellationToken).ConfigureAwait(false),
            _ => throw new NotSupportedException($"{address.Scheme}: has no reader here."),
        };
    }

    private static JsonLinesSourceOptions JsonLinesOptions(SourceAddress address) => new() { KeyField = address.KeyField, ValueField = address.ValueField };

    private static CsvSourceOptions CsvOptions(SourceAddress address) =>
        new() { KeyField = address.KeyField, ValueField = address.ValueField, Delimiter = address.Delimiter };
}
