using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Cistern;

/// <summary>
/// Reads a server's replies (RESP 2), as far as writes have them: a word, a number, an error, an array of numbers, or nothing where a condition did not hold. Anything else is
/// not the server of a moment ago, or not one at all. Not thread-safe.
/// </summary>
internal sealed class RespReader(Stream stream) : IDisposable
{
    /// <summary>The number that a word is read as, where one number is expected.</summary>
    public const int Word = -1;

    /// <summary>The number that the answer of a command whose condition did not hold is read as.</summary>
    public const int Nothing = -2;

    private const int BufferBytes = 16 * 1024;

    // The longest line that is an answer to a write; errors are shorter.
    private const int LongestLine = 8 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;
    private bool _isDisposed;

    /// <summary>Reads one reply.</summary>
    /// <param name="numbers">Where an array's numbers go; they are exactly as many. One may also be <see cref="Word"/> or <see cref="Nothing"/>.</param>
    /// <param name="cancellationToken">Ends the wait, and the connection's use.</param>
    /// <returns>Null, or what an error says.</returns>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="RespUnreadableException">The reply is none that there should be.</exception>
    public async ValueTask<string?> ReadAsync(Memory<int> numbers, CancellationToken cancellationToken)
    {
        var line = await LineAsync(cancellationToken).ConfigureAwait(false);
        switch (line.Span[0])
        {
            case (byte)'-':
                return Encoding.UTF8.GetString(line.Span[1..]);
            case (byte)'+' or (byte)':' when numbers.IsEmpty:
                return null;
            case (byte)'+' when numbers.Length == 1:
                numbers.Span[0] = Word;
                return null;
            case (byte)'$' when numbers.Length == 1 && NumberOf(line) == -1:
                numbers.Span[0] = Nothing;
                return null;
            case (byte)'*' when !numbers.IsEmpty && NumberOf(line) == numbers.Length:
                for (var i = 0; i < numbers.Length; i++)
                {
                    var number = await LineAsync(cancellationToken).ConfigureAwait(false);
                    numbers.Span[i] = (int)NumberOf(number, (byte)':');
                }

                return null;
            case (byte)'$' when numbers.IsEmpty && NumberOf(line) is >= 0 and < LongestLine:
                await LineAsync(cancellationToken).ConfigureAwait(false);
                return null;
            default:
                throw Unexpected();
        }
    }

    /// <summary>Takes the plainest of answers, <c>+OK</c>, as many of them as have arrived and are next: of a batch nearly all are, and each would be two steps of a state machine.</summary>
    /// <param name="most">How many at most.</param>
    public int TakeOk(int most)
    {
        var ok = "+OK\r\n"u8;
        var taken = 0;
        for (; taken < most && _buffer.AsSpan(_start, _end - _start).StartsWith(ok); taken++) _start += ok.Length;
        return taken;
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    // A line without its end; not empty; valid until the next one is read.
    private async ValueTask<ReadOnlyMemory<byte>> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (length > 0)
            {
                var line = _buffer.AsMemory(_start, length);
                _start += length + 2;
                return line;
            }

            if (length == 0 || _end - _start > LongestLine) throw Unexpected();
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new IOException("the server closed the connection");
            _end += read;
        }
    }

    private static long NumberOf(ReadOnlyMemory<byte> line, byte? kind = null)
    {
        var text = line.Span;
        if (kind is { } wanted && text[0] != wanted) throw Unexpected();
        return Utf8Parser.TryParse(text[1..], out long number, out var used) && used == text.Length - 1 ? number : throw Unexpected();
    }

    private static RespUnreadableException Unexpected() => new();
}
