namespace Cistern;

/// <summary>Gathers the entries of a file in memory.</summary>
internal sealed class HeldEntriesBuilder : EntriesBuilder
{
    private const int ChunkBytes = 64 * 1024;
    private const int MostSharedBytes = 4 * 1024;

    private readonly List<SourceEntry> _entries = [];
    private readonly List<bool> _areAbsent = [];
    private readonly Dictionary<string, int> _last = [];
    private Memory<byte> _chunk;

    public override bool Add(FileRecord record, long offset, int length)
    {
        var isNew = _last.TryAdd(record.Entry.Key, _entries.Count);
        if (!isNew) _last[record.Entry.Key] = _entries.Count;
        _entries.Add(record.Entry with { Value = Keep(record.Entry.Value) });
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

    // The value is a slice of the scanner's buffer, which the next record overwrites. An array for each of many small ones would weigh
    // more than they do.
    private ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> value)
    {
        if (value.Length > MostSharedBytes) return value.ToArray();
        if (_chunk.Length < value.Length) _chunk = new byte[ChunkBytes];
        var kept = _chunk[..value.Length];
        value.CopyTo(kept);
        _chunk = _chunk[value.Length..];
        return kept;
    }
}
