namespace Cistern;

/// <summary>The one reader of a database in memory, which exists on one connection only: whoever reads or writes holds the same lock.</summary>
internal sealed class SingleReader(SqliteConnection connection, Lock gate) : EntryReaders
{
    private readonly EntryReader _reader = new(connection);
    private bool _isClosed;

    public override bool IsExclusive => true;

    public override EntryReader Rent()
    {
        gate.Enter();
        if (!_isClosed) return _reader;
        gate.Exit();
        throw new ObjectDisposedException(nameof(SqliteBackend));
    }

    public override void Return(EntryReader reader)
    {
        reader.Release();
        gate.Exit();
    }

    // The connection is the writer's to close.
    public override void Dispose()
    {
        lock (gate) _isClosed = true;
    }
}
