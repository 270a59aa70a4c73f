namespace Cistern;

/// <summary>Makes an index of a file that is too large for memory.</summary>
internal sealed class IndexedEntriesBuilder : EntriesBuilder
{
    private readonly string _name;
    private readonly IRecordContent _content;
    private readonly FileFormat _format;
    private readonly string? _folder;
    private readonly Func<string, ulong> _hash;
    private readonly RecordTable _table;
    private readonly SortedRuns _runs;
    private bool _isBuilt;

    public IndexedEntriesBuilder(string name, IRecordContent content, FileFormat format, FileSourceOptions options)
    {
        _name = name;
        _content = content;
        _format = format;
        _folder = options.TempFolder;
        _hash = options.KeyHash ?? SipHash.CreateRandom().Compute;
        _table = new RecordTable(_folder);
        _runs = new SortedRuns(_folder, options.IndexRunLength);
    }

    public override bool Add(FileRecord record, long offset, int length)
    {
        _runs.Add(IndexRecord.Of(_hash(record.Entry.Key), _table.Count, record.IsAbsent));
        _table.Append(offset, length, isEntry: !record.IsAbsent);
        return true;
    }

    public override FileEntries Build(CancellationToken cancellationToken)
    {
        _table.Flush();
        (_content as TemporaryFile)?.Flush();
        var index = new OffsetIndex(_folder, _table.Count);
        try
        {
            var entries = new IndexedEntries(_name, _content, _format, _hash, _table, index);
            var resolution = new DuplicateResolution(_table, index, place => entries.ReadRecord(place).Entry.Key);
            resolution.Run(_runs.Merge(), cancellationToken);
            if (!_format.AcceptsDuplicates && resolution.FirstDuplicate is { } number) throw DuplicateAt(_table.Read(number).Offset, cancellationToken);
            _isBuilt = true;
            return entries;
        }
        finally
        {
            if (!_isBuilt) index.Dispose();
        }
    }

    public override void Dispose()
    {
        _runs.Dispose();
        if (!_isBuilt) _table.Dispose();
    }

    // Nobody noted at which line each record is: for this one error the file is read again.
    private CacheSourceException DuplicateAt(long offset, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var (line, lineStart) = (1L, 0L);
        for (var start = 0L; start < offset; start += buffer.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, offset - start));
            _content.Read(start, bytes);
            if (bytes.LastIndexOf((byte)'\n') is not (>= 0 and var last)) continue;
            line += bytes.Count((byte)'\n');
            lineStart = start + last + 1;
        }

        return FileFault.At(_name, line, offset - lineStart + 1, FileFault.DuplicateKey);
    }
}
