using System.Buffers;

namespace Cistern.Testing;

/// <summary>Builds sequences whose bytes lie in several segments, empty ones among them.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(ReadOnlyMemory<byte> memory, Segments? previous)
    {
        Memory = memory;
        RunningIndex = previous is null ? 0 : previous.RunningIndex + previous.Memory.Length;
    }

    public static ReadOnlySequence<byte> Of(params IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        Segments? first = null, last = null;
        foreach (var part in parts)
        {
            var next = new Segments(part, last);
            first ??= next;
            if (last is not null) last.Next = next;
            last = next;
        }

        return last is null ? default : new ReadOnlySequence<byte>(first!, 0, last, last.Memory.Length);
    }
}
