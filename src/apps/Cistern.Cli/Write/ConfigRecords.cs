using System.Text.Json;

namespace Cistern.Cli;

/// <summary>The records of an array in a configuration, left where they are in the file: each is found and read when its turn comes.</summary>
/// <param name="file">The file; known to be JSON.</param>
/// <param name="start">Where the array begins, behind its bracket.</param>
/// <param name="count">How many elements it has.</param>
internal sealed class ConfigRecords(InputFile file, int start, long count)
{
    private const string Blank = " \t\r\n,";

    public long Count => count;

    public IEnumerable<WriteRecord> Read(RecordFields fields)
    {
        var reader = new JsonRecordReader(fields);
        var line = 1L + file.Span[..start].Count((byte)'\n');
        var place = start;
        for (var i = 0L; i < count; i++)
        {
            var (element, next) = Find(place);
            line += file.Span[place..element].Count((byte)'\n');
            yield return reader.Read(file.Memory[element..next], line);
            line += file.Span[element..next].Count((byte)'\n');
            place = next;
        }
    }

    // What was read through once is known to hold one value after another, with nothing but this between them.
    private (int Start, int End) Find(int place)
    {
        while (Blank.Contains((char)file.Span[place])) place++;
        var reader = new Utf8JsonReader(file.Span[place..]);
        reader.Read();
        reader.Skip();
        return (place, place + (int)reader.BytesConsumed);
    }
}
