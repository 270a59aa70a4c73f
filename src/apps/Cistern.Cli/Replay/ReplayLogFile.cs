using System.IO.Compression;
using System.Text;

namespace Cistern.Cli;

/// <summary>Reads a log of requests: a file or standard input, plain or compressed with gzip, as lines or as CSV.</summary>
/// <param name="path">The file; <c>-</c> is standard input.</param>
/// <param name="settings">How it is read.</param>
internal sealed class ReplayLogFile(string path, ReplayLogSettings settings)
{
    public const string StandardInput = "-";

    private const int MostHeaderBytes = 64 * 1024;
    private const int GzipMarkBytes = 2;
    private const string GzipExtension = ".gz";

    private readonly string _name = path == StandardInput ? "standard input" : path;

    /// <summary>Reads all of it.</summary>
    /// <param name="console">Where standard input is.</param>
    /// <param name="progress">Told how many requests were read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BadInputException">It cannot be read, a line is no request, or there is none; the message says where.</exception>
    public ReplayLog Read(ConsoleStreams console, ReplayProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            using var bytes = new PeekedStream(path == StandardInput ? console.OpenInput() : RecordScanner.OpenFile(path));
            using var text = bytes.Peek(GzipMarkBytes) is [0x1F, 0x8B] ? new PeekedStream(new GZipStream(bytes, CompressionMode.Decompress)) : bytes;
            var requests = new ReplayLogReader(text, _name, FindFormat(text), settings.ValueBytes);
            var log = requests.Read(progress, cancellationToken);
            return log.Requests.IsEmpty ? throw new BadInputException($"{_name}: holds no request; a log has one key a line, or is CSV with a column \"key\"") : log;
        }
        catch (CacheSourceException error)
        {
            throw new BadInputException(error.Message, error);
        }
        catch (IOException error)
        {
            throw new BadInputException($"{_name}: cannot be read: {SystemFault.Explain(error)}", error);
        }
    }

    private ReplayLogFormat FindFormat(PeekedStream text)
    {
        if (settings.IsCsv == false) return ReplayLogFormat.Lines;
        if (IsHeader(text)) return ReplayLogFormat.CsvWithHeader;
        if (settings.IsCsv == true) return ReplayLogFormat.Csv;
        var extension = Path.GetExtension(path.EndsWith(GzipExtension, StringComparison.OrdinalIgnoreCase) ? path[..^GzipExtension.Length] : path).ToLowerInvariant();
        return extension switch
        {
            ".csv" => throw new BadInputException($"{_name}: line 1: no column is named \"key\"; name it in a header, or give --format csv for rows of time, key, size, or --format lines"),
            ".json" or ".jsonl" or ".ndjson" => throw new BadInputException($"{_name}: is JSON by its name; a log has one key a line, or is CSV with a column \"key\"; --format lines takes each line for a key"),
            _ => ReplayLogFormat.Lines,
        };
    }

    // Whatever is wrong with the quotes of a header, the reader of its format will tell.
    private static bool IsHeader(PeekedStream text)
    {
        var bytes = text.Peek(MostHeaderBytes, (byte)'\n');
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) bytes = bytes[3..];
        var end = bytes.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).TrimEnd('\r');
        return line.Split(',').Any(field => field is ReplayLogReader.KeyColumn or $"\"{ReplayLogReader.KeyColumn}\"");
    }
}
