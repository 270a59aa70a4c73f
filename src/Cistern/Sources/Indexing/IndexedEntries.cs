namespace Cistern;

/// <summary>The entries of a file that is too large for memory: an index on disk says where each one is, and the file has the rest.</summary>
internal sealed class IndexedEntries(string name, IRecordContent content, FileFormat format, Func<string, ulong> hash, RecordTable table, OffsetIndex index) : FileEntries
{
    // A page ends here although more was asked for: values can be large.
    private const long MostPageBytes = 16 * 1024 * 1024;

    public override ValueTask<SourceEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SourceEntry? found = null;
        foreach (var number in index.Find(hash(key)))
        {
            var record = ReadRecord(table.Read(number));
            if (record.Entry.Key != key) continue;
            found = record.Entry;
            break;
        }

        content.ThrowIfChanged();
        return new ValueTask<SourceEntry?>(found);
    }

    public override ValueTask<SourcePage> ReadPageAsync(long firstRecord, int maxEntries, CancellationToken cancellationToken)
    {
        var entries = new List<SourceEntry>();
        var next = firstRecord;
        var bytes = 0L;
        foreach (var place in table.ReadEntries(firstRecord))
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(ReadRecord(place).Entry);
            next = place.Number + 1;
            bytes += place.Length;
            if (entries.Count == maxEntries || bytes >= MostPageBytes) break;
        }

        content.ThrowIfChanged();
        return new ValueTask<SourcePage>(new SourcePage(entries, RecordNumber.ToPosition(next)));
    }

    // What the one pass accepted and is not accepted now is not what it was.
    public FileRecord ReadRecord(RecordPlace place)
    {
        var bytes = new byte[place.Length];
        content.Read(place.Offset, bytes);
        var record = format.Decode(bytes);
        return record.Fault is null ? record : throw FileFault.Changed(name);
    }

    public override void Dispose()
    {
        index.Dispose();
        table.Dispose();
        content.Dispose();
    }
}
