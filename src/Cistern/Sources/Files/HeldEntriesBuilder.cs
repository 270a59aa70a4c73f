namespace Cistern;

/// <summary>Gathers the entries of a file in memory.</summary>
internal sealed class HeldEntriesBuilder : EntriesBuilder
{
    private readonly List<FileRecord> _records = [];
    private readonly Dictionary<string, int> _last = [];

    public override bool Add(FileRecord record, long offset, int length)
    {
        var isNew = _last.TryAdd(record.Entry.Key, _records.Count);
        if (!isNew) _last[record.Entry.Key] = _records.Count;

        // The value is a slice of the scanner's buffer, which the next record overwrites.
        _records.Add(record.IsAbsent ? record : FileRecord.Of(record.Entry with { Value = record.Entry.Value.ToArray() }));
        return isNew;
    }

    public override FileEntries Build(CancellationToken cancellationToken)
    {
        var kept = new List<SourceEntry>(_last.Count);
        var places = new List<long>(_last.Count);
        for (var i = 0; i < _records.Count; i++)
        {
            if (_records[i].IsAbsent || _last[_records[i].Entry.Key] != i) continue;
            kept.Add(_records[i].Entry);
            places.Add(i);
        }

        return new HeldEntries(new InMemorySource(kept), kept.Count == _records.Count ? null : [.. places]);
    }

    public override void Dispose()
    {
    }
}
