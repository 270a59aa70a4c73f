namespace Cistern;

/// <summary>Takes the records of a file in order, and makes its entries of them.</summary>
internal abstract class EntriesBuilder : IDisposable
{
    /// <summary>Takes the next record.</summary>
    /// <returns>False: its key is known to have appeared before.</returns>
    public abstract bool Add(FileRecord record, long offset, int length);

    public abstract FileEntries Build(CancellationToken cancellationToken);

    public abstract void Dispose();
}
