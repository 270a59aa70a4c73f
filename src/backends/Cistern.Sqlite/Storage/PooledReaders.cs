namespace Cistern;

/// <summary>
/// Readers with a connection each, as SQLite lets many read while one writes. A thread waits for nobody: where all readers are lent, one more is
/// opened; only some are kept. Safe for concurrent use.
/// </summary>
internal sealed class PooledReaders(Func<EntryReader> open) : EntryReaders
{
    private readonly EntryReader?[] _kept = new EntryReader?[Math.Clamp(Environment.ProcessorCount, 2, 16)];
    private volatile bool _isClosed;

    public override bool IsExclusive => false;

    public override EntryReader Rent()
    {
        var start = Environment.CurrentManagedThreadId;
        for (var i = 0; i < _kept.Length; i++)
        {
            if (Interlocked.Exchange(ref _kept[(start + i) % _kept.Length], null) is { } reader) return reader;
        }

        ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteBackend));
        return open();
    }

    public override void Return(EntryReader reader)
    {
        reader.Release();
        var start = Environment.CurrentManagedThreadId;
        for (var i = 0; i < _kept.Length && !_isClosed && reader.IsReusable; i++)
        {
            ref var place = ref _kept[(start + i) % _kept.Length];
            if (Interlocked.CompareExchange(ref place, reader, null) is not null) continue;

            // Closed between the look and the return: whoever takes the reader out again disposes it.
            if (_isClosed) Interlocked.Exchange(ref place, null)?.Dispose();
            return;
        }

        reader.Dispose();
    }

    public override void Dispose()
    {
        _isClosed = true;
        for (var i = 0; i < _kept.Length; i++) Interlocked.Exchange(ref _kept[i], null)?.Dispose();
    }
}
