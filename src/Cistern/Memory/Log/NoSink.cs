namespace Cistern;

/// <summary>Takes no value: only whether there is one is asked.</summary>
internal readonly struct NoSink : IValueSink
{
    public bool TryTake(byte[] segment, ReadOnlySpan<byte> value) => true;
}
