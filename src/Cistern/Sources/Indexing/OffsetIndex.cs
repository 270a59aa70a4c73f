using System.Runtime.InteropServices;

namespace Cistern;

/// <summary>
/// Finds the records that may have a key by the key's hash: index records sorted on disk in blocks, and the first hash of each block in
/// memory. What it finds must be compared with the key. Built in order, then read from any thread.
/// </summary>
internal sealed class OffsetIndex : IDisposable
{
    private const int LeastBlockRecords = 256;
    private const int MostBlocks = 1024 * 1024;

    private readonly TemporaryFile _file;
    private readonly int _blockRecords = LeastBlockRecords;
    private readonly List<ulong> _firstHashes = [];
    private long _count;

    /// <summary>Creates an index.</summary>
    /// <param name="folder">Where its file goes.</param>
    /// <param name="mostRecords">The most records it will get; what it holds in memory is bounded whatever their number.</param>
    public OffsetIndex(string? folder, long mostRecords)
    {
        _file = TemporaryFile.Create(folder);
        while (mostRecords / _blockRecords > MostBlocks) _blockRecords *= 2;
    }

    /// <summary>Adds a record, not before those that were added.</summary>
    public void Append(IndexRecord record)
    {
        if (_count++ % _blockRecords == 0) _firstHashes.Add(record.Hash);
        _file.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<IndexRecord>(in record)));
    }

    /// <summary>Ends the adding.</summary>
    public void Flush() => _file.Flush();

    /// <summary>The numbers of the records whose key has a hash.</summary>
    public IEnumerable<long> Find(ulong hash)
    {
        // Equal hashes may reach back into the block before the first one that begins with them.
        var block = Math.Max(FirstBlockFrom(hash) - 1, 0);
        var records = new IndexRecord[Math.Min(_blockRecords, _count)];
        for (; block < _firstHashes.Count && _firstHashes[block] <= hash; block++)
        {
            var first = (long)block * _blockRecords;
            var count = (int)Math.Min(_blockRecords, _count - first);
            _file.Read(first * IndexRecord.Bytes, MemoryMarshal.AsBytes(records.AsSpan(0, count)));
            var index = records.AsSpan(0, count).BinarySearch(new IndexRecord(hash, 0));
            for (index = index < 0 ? ~index : index; index < count && records[index].Hash == hash; index++) yield return records[index].Number;
        }
    }

    public void Dispose() => _file.Dispose();

    private int FirstBlockFrom(ulong hash)
    {
        var (low, high) = (0, _firstHashes.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_firstHashes[middle] < hash) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
