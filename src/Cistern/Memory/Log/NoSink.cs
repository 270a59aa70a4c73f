namespace Cistern;

/// <summary>Takes no value: only whether there is one is asked.</summary>
internal readonly struct NoSink : IValueSink
{
    public void Take(byte[] segment, ReadOnlySpan<byte> value)
    {
    }
}
