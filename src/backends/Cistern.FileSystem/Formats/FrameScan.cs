namespace Cistern;

/// <summary>Goes through the records of a file, and finds its way again behind a damaged one.</summary>
internal ref struct FrameScan(ReadOnlySpan<byte> file, int start, uint salt)
{
    private readonly ReadOnlySpan<byte> _file = file;

    // The file may end in its header.
    private int _next = Math.Min(start, file.Length);

    /// <summary>Where the record or the damage begins in the file.</summary>
    public int Offset { get; private set; }

    /// <summary>The record, head included, or what is damaged.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The number of a sound record.</summary>
    public ulong Sequence { get; private set; }

    public readonly ReadOnlySpan<byte> Body => Bytes.Length < Frame.HeadBytes ? [] : Bytes[Frame.HeadBytes..];

    public FrameState Next()
    {
        Offset = _next;
        if (_next == _file.Length) return FrameState.End;
        var rest = _file[_next..];
        if (Frame.HasHead(rest, salt, out var length, out var sequence))
        {
            Take(Frame.HeadBytes + length);
            Sequence = sequence;
            if (Frame.HasBody(Bytes, salt)) return FrameState.Sound;
            return _next == _file.Length ? FrameState.Torn : FrameState.Damaged;
        }

        var found = FindSound(rest[1..]);
        Take(found < 0 ? rest.Length : found + 1);
        return found < 0 ? FrameState.Torn : FrameState.Damaged;
    }

    private void Take(int length)
    {
        Bytes = _file.Slice(_next, length);
        _next += length;
    }

    private readonly int FindSound(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; ; at++)
        {
            var mark = bytes[at..].IndexOf(Frame.MarkBytes);
            if (mark < 0) return -1;
            at += mark;
            if (Frame.HasHead(bytes[at..], salt, out var length, out _) && Frame.HasBody(bytes.Slice(at, Frame.HeadBytes + length), salt)) return at;
        }
    }
}
