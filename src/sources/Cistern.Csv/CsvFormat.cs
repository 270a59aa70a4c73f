namespace Cistern;

/// <summary>A CSV file: the first row names the columns, every other row is an entry.</summary>
internal sealed class CsvFormat : FileFormat
{
    private readonly CsvSourceOptions _options;
    private readonly CsvDialect _dialect;
    private CsvHeader? _header;
    private int _keyColumn;
    private int _valueColumn;

    public CsvFormat(CsvSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.KeyField);
        _options = options;
        _dialect = new CsvDialect(options.Delimiter);
    }

    public override bool AcceptsByteOrderMark => true;

    public override bool HasHeader => true;

    public override RecordSplitter CreateSplitter() => new CsvRowSplitter(_dialect.Delimiter);

    public override string? ReadHeader(ReadOnlyMemory<byte>? record)
    {
        _header = CsvHeader.TryParse(record, _dialect, out var fault);
        if (_header is null) return fault.Fault;
        var missing = _header.Find(_options.KeyField, "the key", out _keyColumn);
        return missing is null && _options.ValueField is { } name ? _header.Find(name, "the value", out _valueColumn) : missing;
    }

    public override FileRecord Decode(ReadOnlyMemory<byte> record)
    {
        using var row = _dialect.TryRead(record, out var fault);
        if (row is null) return fault;
        if (_header!.Check(row) is { } mismatch) return FileRecord.Faulty(mismatch);
        var key = row.GetString(_keyColumn);
        return FileRecord.Of(_options.ValueField is null
            ? new SourceEntry(key, CsvRowJson.Write(row, _header)) { Metadata = SourceMetadata.Json }
            : new SourceEntry(key, row.GetSpan(_valueColumn).ToArray()));
    }
}
