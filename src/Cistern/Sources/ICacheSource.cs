namespace Cistern;

/// <summary>
/// Where authoritative entries come from: the database, file or service behind a cache. A source knows nothing of backends.
/// Implementations are safe for concurrent use.
/// </summary>
public interface ICacheSource
{
    /// <summary>What the source is called in errors and audits. Holds no secret.</summary>
    string Name { get; }

    /// <summary>Reads one key; null when the source does not have it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads entries in the source's own, stable order.</summary>
    /// <param name="position">Where to start: <see cref="SourcePosition.Start"/>, or <see cref="SourcePage.Next"/> of the page before.</param>
    /// <param name="maxEntries">The most entries to return; at least 1. Fewer are allowed, none only at the end.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<SourcePage> ReadPageAsync(SourcePosition position, int maxEntries, CancellationToken cancellationToken);
}
