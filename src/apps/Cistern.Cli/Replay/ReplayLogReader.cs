using System.Globalization;
using System.Text;

namespace Cistern.Cli;

/// <summary>Makes requests of the text of a log. One use.</summary>
/// <param name="text">The text from its beginning; not disposed.</param>
/// <param name="name">What the log is called.</param>
/// <param name="format">Its format.</param>
/// <param name="valueBytes">The bytes of a value whose size is not given.</param>
internal sealed class ReplayLogReader(Stream text, string name, ReplayLogFormat format, int valueBytes)
{
    public const string KeyColumn = "key";

    /// <summary>The most bytes of one value: as many as an array holds.</summary>
    public const int MostValueBytes = 0x7FFFFFC7;

    private const string SizeColumn = "size";
    private const int Stride = 4096;

    // What a CSV file without a header has.
    private static readonly string[] Columns = ["time", KeyColumn, SizeColumn];

    /// <summary>Reads to the end.</summary>
    /// <param name="progress">Told how many requests were read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CacheSourceException">The text cannot be read, or a line is no request; the message says where.</exception>
    public ReplayLog Read(ReplayProgress progress, CancellationToken cancellationToken) =>
        format == ReplayLogFormat.Lines ? ReadLines(progress, cancellationToken) : ReadRows(progress, cancellationToken);

    private ReplayLog ReadLines(ReplayProgress progress, CancellationToken cancellationToken)
    {
        var scanner = new RecordScanner(text, new LineSplitter(skipWhiteSpace: false), name, LookupFile.MaxLineBytes, acceptsByteOrderMark: true);
        var requests = new ReplayLogBuilder(valueBytes, hasSizes: false);
        var characters = new char[Stride];
        while (scanner.Read(cancellationToken))
        {
            var line = scanner.Record.Span;
            if (characters.Length < line.Length) characters = new char[line.Length];
            var length = Encoding.UTF8.GetChars(line, characters);
            if (requests.Add(characters.AsSpan(0, length)) is { } reason) throw scanner.Fault(reason);
            Watch(requests, progress, cancellationToken);
        }

        return requests.Build(name);
    }

    private ReplayLog ReadRows(ReplayProgress progress, CancellationToken cancellationToken)
    {
        using var rows = format == ReplayLogFormat.Csv ? new CsvRows(text, name, Columns, LookupFile.MaxLineBytes) : new CsvRows(text, name, LookupFile.MaxLineBytes);
        var columns = rows.Columns.ToList();
        var (key, size) = (columns.IndexOf(KeyColumn), columns.IndexOf(SizeColumn));
        var requests = new ReplayLogBuilder(valueBytes, hasSizes: size >= 0);
        while (rows.Read(cancellationToken))
        {
            if (requests.Add(rows[key], size < 0 ? null : SizeOf(rows[size], rows)) is { } reason) throw rows.Fault(reason);
            Watch(requests, progress, cancellationToken);
        }

        return requests.Build(name);
    }

    private static int? SizeOf(string field, CsvRows rows)
    {
        if (field.Length == 0) return null;
        return int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size <= MostValueBytes ? size
            : throw rows.Fault($"The field \"{SizeColumn}\" must be a whole number of bytes from 0 to {MostValueBytes}, or empty where --value-bytes holds.");
    }

    private static void Watch(ReplayLogBuilder requests, ReplayProgress progress, CancellationToken cancellationToken)
    {
        if (requests.Count % Stride != 0) return;
        cancellationToken.ThrowIfCancellationRequested();
        progress.ReportRead(requests.Count);
    }
}
