namespace Cistern;

/// <summary>Who lends readers to the threads that look something up.</summary>
internal abstract class EntryReaders : IDisposable
{
    /// <summary>Whether a reader that is lent keeps others waiting.</summary>
    public abstract bool IsExclusive { get; }

    /// <summary>Lends a reader to this thread, until <see cref="Return"/>.</summary>
    /// <exception cref="ObjectDisposedException">The backend is closed.</exception>
    public abstract EntryReader Rent();

    public abstract void Return(EntryReader reader);

    public abstract void Dispose();
}
