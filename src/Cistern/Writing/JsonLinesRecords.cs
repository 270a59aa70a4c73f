namespace Cistern;

/// <summary>Reads the records of a file of JSON objects, one a line, as they are asked for: of the file, little more than a line is held. Blank lines are skipped.</summary>
public static class JsonLinesRecords
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, or a pipe: UTF-8 without a byte order mark.</param>
    /// <param name="fields">Which fields mean something. Null: only <c>key</c>.</param>
    /// <param name="maxLineBytes">The most bytes of one line. Default 65 MB.</param>
    /// <returns>
    /// The records; each enumeration reads the file anew. A line that is no record is a rejected record; <see cref="CacheSourceException"/> is
    /// thrown while enumerating when the file cannot be read, is not UTF-8, or has a line too long.
    /// </returns>
    public static IEnumerable<WriteRecord> ReadFile(string path, RecordFields? fields = null, int maxLineBytes = DefaultMaxLineBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Enumerate();

        IEnumerable<WriteRecord> Enumerate()
        {
            using var stream = RecordScanner.OpenFile(path);
            foreach (var record in Read(stream, path, fields, maxLineBytes)) yield return record;
        }
    }

    /// <summary>Reads a stream, from where it is.</summary>
    /// <param name="stream">The stream; not disposed.</param>
    /// <param name="name">What it is called in errors.</param>
    /// <param name="fields">Which fields mean something. Null: only <c>key</c>.</param>
    /// <param name="maxLineBytes">The most bytes of one line. Default 65 MB.</param>
    /// <returns>The records, as <see cref="ReadFile"/> gives them; to be enumerated once.</returns>
    public static IEnumerable<WriteRecord> Read(Stream stream, string name, RecordFields? fields = null, int maxLineBytes = DefaultMaxLineBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var scanner = new RecordScanner(stream, new LineSplitter(skipWhiteSpace: true), name, maxLineBytes);
        return Enumerate(scanner, new JsonRecordReader(fields));
    }

    private const int DefaultMaxLineBytes = 65 * 1024 * 1024;

    private static IEnumerable<WriteRecord> Enumerate(RecordScanner scanner, JsonRecordReader reader)
    {
        var chunks = new ByteChunks();
        while (scanner.Read(CancellationToken.None))
        {
            // Of the line, which the next one takes the place of, only the value is kept.
            var record = reader.ReadPart(scanner.Record, scanner.Line);
            yield return record with { Value = chunks.Keep(record.Value) };
        }
    }
}
