using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;

namespace Cistern;

/// <summary>Writes a row of a CSV file as a JSON object of strings.</summary>
internal static class CsvRowJson
{
    // The value goes to programs, not into a page: text stays as people can read it.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a row.</summary>
    /// <param name="row">A reader that stands on it.</param>
    /// <param name="header">The columns.</param>
    /// <param name="nullable">The column whose field is null when it is empty; -1: none is.</param>
    public static byte[] Write(CsvReader row, CsvHeader header, int nullable = -1)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, WriterOptions))
        {
            writer.WriteStartObject();
            for (var i = 0; i < header.Columns.Count; i++)
            {
                if (i == nullable && row.GetSpan(i).IsEmpty) writer.WriteNull(header.Columns[i]);
                else writer.WriteString(header.Columns[i], row.GetSpan(i));
            }

            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }
}
