namespace Cistern;

/// <summary>
/// Reads the rows of a CSV file (RFC 4180) with a header as records to be written, as they are asked for: of the file, little more than a row
/// is held. A row is a JSON object of strings; an empty field of the key counts as none. Empty lines are skipped.
/// </summary>
public sealed class CsvRecords
{
    private const int DefaultMaxRowBytes = 65 * 1024 * 1024;

    private readonly RecordScanner _scanner;
    private readonly CsvDialect _dialect;
    private readonly CsvHeader _header;
    private readonly JsonRecordReader _reader;
    private readonly int _keyColumn;

    private CsvRecords(Stream stream, string name, RecordFields fields, char delimiter, int maxRowBytes)
    {
        _dialect = new CsvDialect(delimiter);
        _reader = new JsonRecordReader(fields);
        _scanner = new RecordScanner(stream, new CsvRowSplitter(delimiter), name, maxRowBytes, acceptsByteOrderMark: true);
        var first = _scanner.Read(CancellationToken.None) ? _scanner.Record : (ReadOnlyMemory<byte>?)null;
        _header = CsvHeader.TryParse(first, _dialect, out var fault) ?? throw _scanner.Fault(fault.Fault!, fault.FaultPosition);
        _keyColumn = CheckColumns(fields);
    }

    /// <summary>Reads the header of a stream, and gives its rows.</summary>
    /// <param name="stream">The file from its beginning; not disposed.</param>
    /// <param name="name">What the file is called in errors.</param>
    /// <param name="fields">Which columns mean something. Null: only <c>key</c>.</param>
    /// <param name="delimiter">What stands between fields: a character of ASCII, not a quote and not a line end.</param>
    /// <param name="maxRowBytes">The most bytes of one row. Default 65 MB.</param>
    /// <returns>
    /// The records; to be enumerated once. A row that is no record is a rejected record; <see cref="CacheSourceException"/> is thrown while
    /// enumerating when the file cannot be read, is not UTF-8, or where a row ends cannot be told.
    /// </returns>
    /// <exception cref="CacheSourceException">There is no header, or it lacks a column; the message says where.</exception>
    /// <exception cref="ArgumentException">The delimiter is not one, a column is to mean two things, or one is to hold metadata, which no field of a row can.</exception>
    public static IEnumerable<WriteRecord> Read(Stream stream, string name, RecordFields? fields = null, char delimiter = ',', int maxRowBytes = DefaultMaxRowBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (fields?.Metadata is not null) throw new ArgumentException("A field of a row cannot hold metadata, which are several strings.", nameof(fields));
        return new CsvRecords(stream, name, fields ?? new RecordFields(), delimiter, maxRowBytes).Enumerate();
    }

    private IEnumerable<WriteRecord> Enumerate()
    {
        while (_scanner.Read(CancellationToken.None)) yield return ReadRow();
    }

    private WriteRecord ReadRow()
    {
        using var row = _dialect.TryRead(_scanner.Record, out var fault);
        if (row is null) return WriteRecord.Rejected(fault.Fault!, _scanner.Line);
        if (_header.Check(row) is { } mismatch) return WriteRecord.Rejected(mismatch, _scanner.Line);
        return _reader.Read(CsvRowJson.Write(row, _header, _keyColumn), _scanner.Line);
    }

    // A column that is missing is missing in every row: better said once, before anything is written.
    private int CheckColumns(RecordFields fields)
    {
        var missing = _header.Find(fields.Key, "the key", out var keyColumn);
        if (fields.OnMissingKey == MissingKeyHandling.Hash) missing = null;
        if (fields.Value is { } value) missing ??= _header.Find(value, "the value", out _);
        if (fields.TimeToLive is { } timeToLive) missing ??= _header.Find(timeToLive, "the TTL", out _);
        if (fields.Version is { } version) missing ??= _header.Find(version, "the version", out _);
        return missing is null ? keyColumn : throw _scanner.Fault(missing);
    }
}
