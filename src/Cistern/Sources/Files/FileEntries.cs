namespace Cistern;

/// <summary>The entries of an opened file, wherever they are held. Places are numbers of records before them.</summary>
internal abstract class FileEntries : IDisposable
{
    public abstract ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken);

    public abstract ValueTask<SourcePage> ReadPageAsync(long firstRecord, int maxEntries, CancellationToken cancellationToken);

    public abstract void Dispose();
}
