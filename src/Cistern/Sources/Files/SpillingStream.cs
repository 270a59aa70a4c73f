namespace Cistern;

/// <summary>What was read of a pipe, then the rest of it; all of it is kept in a file on the way, as a pipe can be read only once.</summary>
internal sealed class SpillingStream(ReadOnlyMemory<byte> beginning, Stream rest, TemporaryFile copy) : Stream
{
    private ReadOnlyMemory<byte> _beginning = beginning;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = Math.Min(_beginning.Length, buffer.Length);
        if (read == 0)
        {
            read = rest.Read(buffer);
        }
        else
        {
            _beginning.Span[..read].CopyTo(buffer);
            _beginning = _beginning[read..];
        }

        copy.Append(buffer[..read]);
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
