namespace Cistern;

/// <summary>One lookup: a reader that was lent, and what it found. Its end gives the reader back, and leaves a trace in the order of use.</summary>
internal readonly ref struct Lookup
{
    private readonly EntryReaders _readers;
    private readonly EntryReader _reader;
    private readonly EntryWriter? _writer;
    private readonly string _key;
    private readonly FoundValue _found;

    /// <summary>Looks a key up.</summary>
    /// <param name="readers">Who lends a reader.</param>
    /// <param name="writer">Who keeps the order of use; null where nobody may write.</param>
    /// <param name="key">The key.</param>
    /// <param name="clock">Now, in milliseconds since 1970; read only for an entry that has an end.</param>
    /// <exception cref="ObjectDisposedException">The backend is closed.</exception>
    public Lookup(EntryReaders readers, EntryWriter? writer, string key, Func<long> clock)
    {
        _readers = readers;
        _writer = writer;
        _key = key;
        _reader = readers.Rent();
        try
        {
            _found = _reader.Find(key, clock);
        }
        catch
        {
            readers.Return(_reader);
            throw;
        }
    }

    /// <summary>Whether a live entry is there.</summary>
    public bool IsHit => _found.IsHit;

    /// <summary>The value of a hit, in SQLite's own memory until the end.</summary>
    public ReadOnlySpan<byte> Value => _reader.Value;

    public void Dispose()
    {
        var isNoticed = _found.IsHit && _writer is not null;
        if (isNoticed) _writer!.Follow(_reader, _found.Accessed);
        _readers.Return(_reader);
        if (isNoticed) _writer!.Notice(_key, _found);
    }
}
