namespace Cistern.Cli;

/// <summary>A source that remembers whether it ever gave a value that is JSON itself, so that hits need not be inspected where none is.</summary>
internal sealed class ObservedSource(ICacheSource source) : ICacheSource
{
    /// <summary>Whether one was seen.</summary>
    public bool HasGivenJson { get; private set; }

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var read = source.ReadAsync(key, cancellationToken);
        if (!read.IsCompletedSuccessfully) return ObserveAsync(read);
        var entry = read.Result;
        Observe(entry?.Metadata);
        return new(entry);
    }

    /// <inheritdoc/>
    public async ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken)
    {
        var page = await source.ReadPageAsync(position, maxEntries, cancellationToken).ConfigureAwait(false);
        foreach (var entry in page.Entries) Observe(entry.Metadata);
        return page;
    }

    private async ValueTask<SourceEntry?> ObserveAsync(ValueTask<SourceEntry?> read)
    {
        var entry = await read.ConfigureAwait(false);
        Observe(entry?.Metadata);
        return entry;
    }

    private void Observe(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is not null && SourceMetadata.IsJson(metadata)) HasGivenJson = true;
    }
}
