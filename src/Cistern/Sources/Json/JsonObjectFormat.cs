namespace Cistern;

/// <summary>A file that is one JSON object: a record is a property.</summary>
internal sealed class JsonObjectFormat : FileFormat
{
    // An object that names a property twice means nothing in particular (RFC 8259, section 4).
    public override bool AcceptsDuplicates => false;

    public override RecordSplitter CreateSplitter() => new JsonPropertySplitter();

    public override FileRecord Decode(ReadOnlyMemory<byte> record)
    {
        var bytes = record.Span;
        var name = NameLength(bytes);
        var colon = name + bytes[name..].IndexOf((byte)':');
        var value = colon + 1 + bytes[(colon + 1)..].IndexOfAnyExcept(" \t\r\n"u8);

        // Bytes that are not those of the first pass: the file was written to meanwhile.
        if (name < 2 || colon < name || value <= colon) return FileRecord.Faulty(JsonText.CutOff);
        return JsonText.ReadString(record[..name]) is { } key
            ? JsonText.ToRecord(key, record[value..], value)
            : FileRecord.Faulty(JsonText.LoneSurrogate);
    }

    // With its quotes; 0: there is none.
    private static int NameLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [(byte)'"', ..]) return 0;
        for (var i = 1; i < bytes.Length; i++)
        {
            if (bytes[i] == (byte)'"') return i + 1;
            if (bytes[i] == (byte)'\\') i++;
        }

        return 0;
    }
}
