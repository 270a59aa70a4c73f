namespace Cistern;

/// <summary>Takes a value where it is, or a copy of a short one: it may be written over.</summary>
internal ref struct PlaceSink(PlaceReading reading, Span<byte> buffer) : IValueSink
{
    private readonly Span<byte> _buffer = buffer;

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool TryTake(byte[] segment, ReadOnlySpan<byte> value)
    {
        if (value.Length > _buffer.Length)
        {
            reading.Begin(segment);
            Value = value;
            return true;
        }

        value.CopyTo(_buffer);
        Value = _buffer[..value.Length];
        return true;
    }
}
