using System.Buffers;

namespace Cistern;

/// <summary>Copies a value into memory of a pool.</summary>
internal struct PoolSink : IValueSink, IDisposable
{
    private byte[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<byte> Value => _rented.AsSpan(0, _length);

    public void Take(ReadOnlySpan<byte> value)
    {
        _length = value.Length;
        if (_rented is null || _rented.Length < value.Length)
        {
            Dispose();
            _rented = ArrayPool<byte>.Shared.Rent(value.Length);
        }

        value.CopyTo(_rented);
    }

    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
    }
}
