namespace Cistern;

/// <summary>Copies a value into an array of its own.</summary>
internal struct ArraySink : IValueSink
{
    public byte[]? Value { get; private set; }

    public bool TryTake(byte[] segment, ReadOnlySpan<byte> value)
    {
        if (Value?.Length == value.Length) value.CopyTo(Value);
        else Value = value.ToArray();
        return true;
    }
}
