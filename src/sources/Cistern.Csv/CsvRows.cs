using CsvHelper;

namespace Cistern;

/// <summary>Reads a CSV file (RFC 4180) row by row, in memory that one row bounds. Not thread-safe.</summary>
public sealed class CsvRows : IDisposable
{
    private readonly RecordScanner _scanner;
    private readonly CsvDialect _dialect;
    private readonly CsvHeader _header;
    private CsvReader? _row;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The file from its beginning; not disposed.</param>
    /// <param name="name">What the file is called in errors.</param>
    /// <param name="maxRowBytes">The most bytes of one row.</param>
    /// <param name="delimiter">What stands between fields: a character of ASCII, not a quote and not a line end.</param>
    /// <exception cref="CacheSourceException">There is no header, or it is not one; the message says where.</exception>
    /// <exception cref="ArgumentException">The delimiter is not one.</exception>
    public CsvRows(Stream stream, string name, int maxRowBytes, char delimiter = ',')
    {
        (_dialect, _scanner) = Open(stream, name, maxRowBytes, delimiter);
        var first = _scanner.Read(CancellationToken.None) ? _scanner.Record : (ReadOnlyMemory<byte>?)null;
        _header = CsvHeader.TryParse(first, _dialect, out var fault) ?? throw _scanner.Fault(fault.Fault!, fault.FaultPosition);
    }

    /// <summary>Begins a file without a header.</summary>
    /// <param name="stream">The file from its beginning; not disposed.</param>
    /// <param name="name">What the file is called in errors.</param>
    /// <param name="columns">The names of its columns, in their order.</param>
    /// <param name="maxRowBytes">The most bytes of one row.</param>
    /// <param name="delimiter">What stands between fields: a character of ASCII, not a quote and not a line end.</param>
    /// <exception cref="ArgumentException">The delimiter is not one.</exception>
    public CsvRows(Stream stream, string name, IReadOnlyList<string> columns, int maxRowBytes, char delimiter = ',')
    {
        ArgumentNullException.ThrowIfNull(columns);
        (_dialect, _scanner) = Open(stream, name, maxRowBytes, delimiter);
        _header = CsvHeader.Of(columns);
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Columns => _header.Columns;

    /// <summary>The text of a field of the row.</summary>
    /// <param name="column">The number of the column, from 0.</param>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public string this[int column] => (_row ?? throw new InvalidOperationException("There is no row.")).GetString(column);

    /// <summary>Moves to the next row.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>False: there is none.</returns>
    /// <exception cref="CacheSourceException">The row is not one, or has not one field for each column; the message says where.</exception>
    public bool Read(CancellationToken cancellationToken = default)
    {
        Dispose();
        if (!_scanner.Read(cancellationToken)) return false;
        _row = _dialect.TryRead(_scanner.Record, out var fault) ?? throw _scanner.Fault(fault.Fault!, fault.FaultPosition);
        return _header.Check(_row) is { } mismatch ? throw _scanner.Fault(mismatch) : true;
    }

    /// <summary>An error that says where the row is.</summary>
    /// <param name="reason">What is wrong, and what is allowed. Holds no value.</param>
    public CacheSourceException Fault(string reason) => _scanner.Fault(reason);

    /// <summary>Lets the row go.</summary>
    public void Dispose()
    {
        _row?.Dispose();
        _row = null;
    }

    private static (CsvDialect Dialect, RecordScanner Scanner) Open(Stream stream, string name, int maxRowBytes, char delimiter) =>
        (new CsvDialect(delimiter), new RecordScanner(stream, new CsvRowSplitter(delimiter), name, maxRowBytes, acceptsByteOrderMark: true));
}
