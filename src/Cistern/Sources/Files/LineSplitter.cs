namespace Cistern;

/// <summary>Splits a file into lines, ended by a line feed with or without a carriage return; the last one may have no end. Empty lines are skipped.</summary>
/// <param name="skipWhiteSpace">Whether a line of spaces and tabs counts as empty.</param>
public sealed class LineSplitter(bool skipWhiteSpace) : RecordSplitter
{
    /// <inheritdoc/>
    public override string RecordName => "line";

    /// <inheritdoc/>
    public override RecordBounds Find(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var start = 0;
        while (start < bytes.Length)
        {
            var length = bytes[start..].IndexOf((byte)'\n');
            if (length < 0 && !isEnd) return RecordBounds.Incomplete(start);
            var next = length < 0 ? bytes.Length : start + length + 1;
            var line = length < 0 ? bytes[start..] : bytes.Slice(start, length);
            if (line is [.., (byte)'\r']) line = line[..^1];
            if (!IsSkipped(line)) return RecordBounds.Found(start, line.Length, next);
            start = next;
        }

        return RecordBounds.Incomplete(start);
    }

    private bool IsSkipped(ReadOnlySpan<byte> line) => line.IsEmpty || (skipWhiteSpace && !line.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r'));
}
