namespace Cistern.Cli;

/// <summary>A stream to be read from its beginning, of which somebody has looked at the beginning already. Owns the stream inside.</summary>
/// <param name="inner">The stream.</param>
internal sealed class PeekedStream(Stream inner) : Stream
{
    private byte[] _peeked = [];
    private int _start;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Looks at the bytes at the beginning, before anything is read.</summary>
    /// <param name="count">How many.</param>
    /// <param name="end">The byte that is enough to see; null: there is none.</param>
    /// <returns>So many, up to the end of the stream, or some more behind the byte that was enough.</returns>
    public ReadOnlySpan<byte> Peek(int count, byte? end = null)
    {
        var length = _peeked.Length;
        Array.Resize(ref _peeked, Math.Max(length, count));
        while (length < _peeked.Length && !(end is { } enough && _peeked.AsSpan(0, length).Contains(enough)) && ReadInner(_peeked.AsSpan(length)) is > 0 and var read) length += read;
        Array.Resize(ref _peeked, length);
        return _peeked;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It cannot be read, or is not what it began as.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_start == _peeked.Length) return ReadInner(buffer);
        var count = Math.Min(buffer.Length, _peeked.Length - _start);
        _peeked.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    // To a reader, compressed data that are damaged are a file that cannot be read.
    private int ReadInner(Span<byte> buffer)
    {
        try { return inner.Read(buffer); }
        catch (InvalidDataException error) { throw new IOException("the gzip data are damaged or cut off", error); }
    }
}
