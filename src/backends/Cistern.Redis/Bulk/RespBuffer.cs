using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Cistern;

/// <summary>Commands on their way to a server, in the Redis serialization protocol (RESP 2): arrays of strings with their lengths. Not thread-safe.</summary>
internal sealed class RespBuffer : IDisposable
{
    private const int FirstBytes = 64 * 1024;
    private const int MostIdleBytes = 1024 * 1024;
    private const int MostDigits = 20;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);

    public int Length { get; private set; }

    /// <summary>How many bytes it holds on to.</summary>
    public int Capacity => _bytes.Length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Begins a command of so many strings, its name the first.</summary>
    public void Begin(int strings) => WriteHeader((byte)'*', strings);

    /// <summary>Writes a string.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        End();
    }

    /// <summary>Writes a string of two parts, as UTF-8.</summary>
    public void Write(string prefix, string text)
    {
        var destination = Reserve(Encoding.UTF8.GetByteCount(prefix) + Encoding.UTF8.GetByteCount(text));
        var written = Encoding.UTF8.GetBytes(prefix, destination);
        Encoding.UTF8.GetBytes(text, destination[written..]);
        End();
    }

    /// <summary>Writes a number as a string.</summary>
    public void Write(long number)
    {
        Span<byte> digits = stackalloc byte[MostDigits];
        Utf8Formatter.TryFormat(number, digits, out var length);
        Write(digits[..length]);
    }

    /// <summary>Writes an entry as the server holds it.</summary>
    public void Write(in EnvelopeDraft envelope)
    {
        envelope.CopyTo(Reserve(envelope.Length));
        End();
    }

    /// <summary>Gives back what one large value needed, and the next may not.</summary>
    public void Trim()
    {
        if (_bytes.Length <= MostIdleBytes || Length > 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    }

    public void Dispose()
    {
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    // The length, and room for a string, which the caller fills before End.
    private Span<byte> Reserve(int length)
    {
        WriteHeader((byte)'$', length);
        Grow(length + 2);
        var reserved = _bytes.AsSpan(Length, length);
        Length += length;
        return reserved;
    }

    private void End()
    {
        _bytes[Length++] = (byte)'\r';
        _bytes[Length++] = (byte)'\n';
    }

    private void WriteHeader(byte kind, int number)
    {
        Grow(MostDigits + 3);
        _bytes[Length++] = kind;
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(Length), out var digits);
        Length += digits;
        End();
    }

    private void Grow(int more)
    {
        if (_bytes.Length - Length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Max(Math.Min(2L * _bytes.Length, Array.MaxLength), Length + (long)more)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
