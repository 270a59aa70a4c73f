using System.Buffers;

namespace Cistern;

/// <summary>Copies a value into a buffer, which is advanced only once the value counts.</summary>
internal struct BufferSink(IBufferWriter<byte> destination) : IValueSink
{
    private int _length;

    public bool TryTake(byte[] segment, ReadOnlySpan<byte> value)
    {
        _length = value.Length;
        if (value.Length > 0) value.CopyTo(destination.GetSpan(value.Length));
        return true;
    }

    public readonly void Commit()
    {
        if (_length > 0) destination.Advance(_length);
    }
}
