using System.Buffers;

namespace Cistern;

/// <summary>Bytes on their way to a server, in memory that goes back to a pool. For one thread at a time.</summary>
internal sealed class SendBuffer : IDisposable
{
    private const int UsualBytes = 128 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualBytes);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Room for at least so many bytes behind what is written; <see cref="Advance"/> then tells how many were used.</summary>
    public Span<byte> Reserve(int bytes)
    {
        var needed = checked(Length + bytes);
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(Array.MaxLength, 2L * _bytes.Length)));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Forgets what is behind a length: what was begun and could not be finished.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Forgets everything, and gives back what a large value needed.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length <= 4 * UsualBytes) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(UsualBytes);
    }

    /// <summary>Gives the memory back; once, however often it is called.</summary>
    public void Dispose()
    {
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }
}
