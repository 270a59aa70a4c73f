using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>Reads one run of index records, some at a time. Places are counted in records.</summary>
internal sealed class SortedRunReader(TemporaryFile file, long start, long end, int recordsAtOnce)
{
    private readonly IndexRecord[] _records = new IndexRecord[Math.Min(recordsAtOnce, end - start)];
    private long _next = start;
    private int _index;
    private int _count;

    public IndexRecord Current => _records[_index];

    public bool Read()
    {
        if (++_index < _count) return true;
        _index = 0;
        _count = (int)Math.Min(_records.Length, end - _next);
        if (_count == 0) return false;
        file.Read(_next * IndexRecord.Bytes, MemoryMarshal.AsBytes(_records.AsSpan(0, _count)));
        _next += _count;
        return true;
    }
}
