using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>Copies a value into the caller's memory, if it fits.</summary>
internal ref struct SpanSink(Span<byte> destination) : IValueSink
{
    private readonly Span<byte> _destination = destination;

    public int Length { get; private set; }

    public readonly bool Fits => Length <= _destination.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(byte[] segment, ReadOnlySpan<byte> value)
    {
        Length = value.Length;
        if (value.Length > _destination.Length) return false;
        ShortCopy.Copy(ref MemoryMarshal.GetReference(value), ref MemoryMarshal.GetReference(_destination), value.Length);
        return true;
    }
}
