namespace Cistern;

/// <summary>Finds where the records of a file begin and end, in one pass from the start. Not thread-safe: one pass has one splitter.</summary>
public abstract class RecordSplitter
{
    /// <summary>What a record of the file is called in errors, such as <c>line</c>.</summary>
    public abstract string RecordName { get; }

    /// <summary>Finds the next record.</summary>
    /// <param name="bytes">The bytes after those consumed so far. When more was asked for, the same ones come again, with more behind them.</param>
    /// <param name="isEnd">Whether nothing comes after them.</param>
    public abstract RecordBounds Find(ReadOnlySpan<byte> bytes, bool isEnd);
}
