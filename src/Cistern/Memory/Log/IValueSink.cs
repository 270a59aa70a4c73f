namespace Cistern;

/// <summary>Where the value of a lookup goes. A type argument, so that each kind of lookup is compiled for itself.</summary>
internal interface IValueSink
{
    /// <summary>Takes a value. It may be another one's by now: whatever was taken does not count until the lookup says so, and may be taken again.</summary>
    /// <param name="segment">The segment it is in.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it was taken. If not, there is no room for it where it goes; nothing but its length is kept then.</returns>
    bool TryTake(byte[] segment, ReadOnlySpan<byte> value);
}
