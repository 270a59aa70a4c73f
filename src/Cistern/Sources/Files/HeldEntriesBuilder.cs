namespace Cistern;

/// <summary>Gathers the entries of a file in memory.</summary>
internal sealed class HeldEntriesBuilder : EntriesBuilder
{
    private readonly List<SourceEntry> _entries = [];
    private readonly List<bool> _areAbsent = [];
    private readonly Dictionary<string, int> _last = [];
    private readonly ByteChunks _chunks = new();

    public override bool Add(FileRecord record, long offset, int length)
    {
        var isNew = _last.TryAdd(record.Entry.Key, _entries.Count);
        if (!isNew) _last[record.Entry.Key] = _entries.Count;

        // The value is a slice of the scanner's buffer, which the next record overwrites.
        _entries.Add(record.Entry with { Value = _chunks.Keep(record.Entry.Value) });
        _areAbsent.Add(record.IsAbsent);
        return isNew;
    }

    public override FileEntries Build(CancellationToken cancellationToken)
    {
        var kept = 0;
        var places = new long[_entries.Count];
        for (var i = 0; i < _entries.Count; i++)
        {
            var key = _entries[i].Key;
            if (_last[key] != i) continue;
            if (_areAbsent[i])
            {
                _last.Remove(key);
                continue;
            }

            _entries[kept] = _entries[i];
            places[kept] = i;
            _last[key] = kept++;
        }

        var entries = new InMemorySource([.. _entries.Take(kept)], _last);
        return new HeldEntries(entries, kept == places.Length ? null : places[..kept]);
    }

    public override void Dispose()
    {
    }
}
