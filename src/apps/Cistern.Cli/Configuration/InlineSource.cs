using System.Globalization;

namespace Cistern.Cli;

/// <summary>The source inside a configuration: its entries in their order, found through the table that the reading has filled anyway. Immutable.</summary>
internal sealed class InlineSource(ArraySegment<SourceEntry> entries, KeyTable keys) : ICacheSource
{
    /// <inheritdoc/>
    public string Name => "inline";

    /// <inheritdoc/>
    public ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(keys.IndexInSource(key) is >= 0 and var index ? entries[index] : null);
    }

    /// <inheritdoc/>
    public ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = position.Token is { } token ? int.Parse(token, CultureInfo.InvariantCulture) : 0;
        var page = entries.Slice(start, Math.Min(maxEntries, entries.Count - start));
        return new(new SourcePage(page, new SourcePosition((start + page.Count).ToString(CultureInfo.InvariantCulture))));
    }
}
