using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// Sorts more index records than memory holds: runs are sorted in memory and written to disk, then merged (Knuth, "The Art of Computer
/// Programming", volume 3, 5.4).
/// </summary>
internal sealed class SortedRuns(string? folder, int runLength) : IDisposable
{
    private const int MergeBytes = 16 * 1024 * 1024;
    private const int LeastReaderRecords = 256;
    private const int MostReaderRecords = 4096;

    private readonly TemporaryFile _file = TemporaryFile.Create(folder);
    private readonly List<IndexRecord> _run = [];
    private readonly List<long> _ends = [];

    public void Add(IndexRecord record)
    {
        _run.Add(record);
        if (_run.Count == runLength) EndRun();
    }

    /// <summary>All records in order. Ends the adding.</summary>
    public IEnumerable<IndexRecord> Merge()
    {
        EndRun();
        _run.Capacity = 0;
        _file.Flush();
        var readerRecords = Math.Clamp(MergeBytes / IndexRecord.Bytes / Math.Max(_ends.Count, 1), LeastReaderRecords, MostReaderRecords);
        var next = new PriorityQueue<SortedRunReader, IndexRecord>(_ends.Count);
        var start = 0L;
        foreach (var end in _ends)
        {
            var reader = new SortedRunReader(_file, start, end, readerRecords);
            if (reader.Read()) next.Enqueue(reader, reader.Current);
            start = end;
        }

        while (next.TryDequeue(out var reader, out var record))
        {
            yield return record;
            if (reader.Read()) next.Enqueue(reader, reader.Current);
        }
    }

    public void Dispose() => _file.Dispose();

    private void EndRun()
    {
        var run = CollectionsMarshal.AsSpan(_run);
        run.Sort();
        _file.Append(MemoryMarshal.AsBytes(run));
        _run.Clear();
        _ends.Add(_file.Length / IndexRecord.Bytes);
    }
}
