using System.Buffers;
using System.Buffers.Binary;

namespace Cistern;

/// <summary>
/// A value as the near tier has it: its bytes, and behind them the timestamp until which the copy counts, so that a lookup reads both at once, in place.
/// </summary>
internal static class TrailedValue
{
    /// <summary>How many bytes the timestamp takes.</summary>
    public const int TrailerBytes = sizeof(long);

    /// <summary>A value with its timestamp behind it; the value is not copied.</summary>
    public static ReadOnlySequence<byte> Join(in ReadOnlySequence<byte> value, long freshUntil)
    {
        var trailer = new byte[TrailerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, freshUntil);
        Segment? first = null, last = null;
        foreach (var memory in value)
        {
            last = new Segment(memory, last);
            first ??= last;
        }

        last = new Segment(trailer, last);
        return new ReadOnlySequence<byte>(first ?? last, 0, last, TrailerBytes);
    }

    /// <summary>The value and its timestamp.</summary>
    public static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> trailed, out long freshUntil)
    {
        freshUntil = BinaryPrimitives.ReadInt64LittleEndian(trailed[^TrailerBytes..]);
        return trailed[..^TrailerBytes];
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
