namespace Cistern;

/// <summary>
/// Makes the index of sorted records: of records with the same key the last one stays, and only if it holds an entry. Keys are read from
/// the file only where hashes are equal.
/// </summary>
internal sealed class DuplicateResolution(RecordTable table, OffsetIndex index, Func<RecordPlace, string> readKey)
{
    private readonly Dictionary<string, IndexRecord> _sameHash = [];
    private IndexRecord? _pending;

    /// <summary>The first record in the file whose key had appeared before; null: there is none.</summary>
    public long? FirstDuplicate { get; private set; }

    public void Run(IEnumerable<IndexRecord> sorted, CancellationToken cancellationToken)
    {
        foreach (var record in sorted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_pending is { } before && before.Hash == record.Hash) AddToGroup(before, record);
            else EndGroup();
            _pending = record;
        }

        EndGroup();
        index.Flush();
    }

    private void AddToGroup(IndexRecord before, IndexRecord record)
    {
        if (_sameHash.Count == 0) _sameHash.Add(ReadKey(before), before);
        var key = ReadKey(record);
        if (_sameHash.TryGetValue(key, out var earlier))
        {
            table.Drop(earlier.Number);
            FirstDuplicate = Math.Min(FirstDuplicate ?? long.MaxValue, record.Number);
        }

        _sameHash[key] = record;
    }

    private void EndGroup()
    {
        if (_sameHash.Count == 0 && _pending is { } single) Keep(single);
        foreach (var record in _sameHash.Values.Order()) Keep(record);
        _sameHash.Clear();
    }

    private void Keep(IndexRecord record)
    {
        if (!record.IsAbsent) index.Append(record);
    }

    private string ReadKey(IndexRecord record) => readKey(table.Read(record.Number));
}
