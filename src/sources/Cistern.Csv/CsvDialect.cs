using System.Text;
using CsvHelper;

namespace Cistern;

/// <summary>How the rows of one CSV file are taken apart. Immutable.</summary>
internal sealed class CsvDialect
{
    private const string Malformed = "This is not valid CSV (RFC 4180); a field in quotes ends at its closing quote.";

    // The least that CsvHelper takes; a row is in memory already.
    private const int LeastBufferBytes = 256;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly CsvReaderOptions _options;

    public CsvDialect(char delimiter)
    {
        if (delimiter is '\0' or >= '\u0080' or '"' or '\r' or '\n') throw new ArgumentException("The delimiter must be a character of ASCII, not a quote and not a line end.", nameof(delimiter));
        Delimiter = delimiter;
        _options = new CsvReaderOptions
        {
            Separator = delimiter,
            HasHeader = false,
            Encoding = Encoding.UTF8,
            BufferSize = LeastBufferBytes,
            MalformedData = CsvMalformedDataHandling.Throw,
        };
    }

    public char Delimiter { get; }

    /// <summary>Takes a row apart.</summary>
    /// <param name="record">Its bytes, without a line end, as a <see cref="CsvRowSplitter"/> found them.</param>
    /// <param name="fault">What is wrong with it, when there is no row.</param>
    /// <returns>A reader that stands on the row; null: it is none.</returns>
    public CsvReader? TryRead(ReadOnlyMemory<byte> record, out FileRecord fault)
    {
        // CsvHelper takes each row for a file of its own, and a mark at its beginning for the file's: it gets one to take.
        var reader = CsvReader.Create(record.Span.StartsWith(ByteOrderMark) ? (byte[])[.. ByteOrderMark, .. record.Span] : record, _options);
        try
        {
            fault = default;
            if (reader.Read()) return reader;
            fault = FileRecord.Faulty(Malformed);
        }
        catch (CsvFormatException error)
        {
            fault = FileRecord.Faulty(Malformed, (int)error.ByteOffset);
        }

        reader.Dispose();
        return null;
    }
}
