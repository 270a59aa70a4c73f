namespace Cistern.Cli;

/// <summary>Where the records of a write come from: the configuration itself, or a file that is read as it is written.</summary>
/// <param name="Records">The records; to be enumerated once.</param>
/// <param name="Count">How many there are; null: only their end will tell.</param>
/// <param name="Name">What they are.</param>
/// <param name="Stream">The file, open; null: there is none.</param>
internal sealed record RecordInput(IEnumerable<WriteRecord> Records, long? Count, string Name, FileStream? Stream)
{
    private static readonly string[] Schemes = [SourceAddress.JsonLinesScheme, SourceAddress.CsvScheme];

    /// <summary>The file of records that an input names; null: it names a configuration.</summary>
    public static SourceAddress? FindAddress(string text, string where)
    {
        try
        {
            return SourceAddress.Parse(text) is { } address && Schemes.Contains(address.Scheme) ? Check(address, where) : null;
        }
        catch (FormatException error)
        {
            if (Schemes.Any(scheme => text.StartsWith(scheme + ":", StringComparison.Ordinal))) throw new BadInputException($"{where}: {error.Message}", error);
            return null;
        }
    }

    /// <summary>Opens the records.</summary>
    /// <exception cref="BadInputException">There are none, or their file cannot be opened.</exception>
    public static RecordInput Open(string input, SourceAddress? file, WriteConfig config, RecordFields fields, FileClaims claims)
    {
        if (file is not null) return Open(file, fields, input, "--input");
        if (config.Records is { } records) return new RecordInput(records.Read(fields), records.Count, "inline", null);
        var where = $"{input}: $.records";
        if (config.RecordsFile is not { } name) throw new BadInputException($"{where}: is required: an array of records, or the address of a file");
        var address = FindAddress(name, where) ?? throw new BadInputException($"{where}: must name a file that ends in .jsonl, .ndjson or .csv, or be jsonl:PATH or csv:PATH");
        address = address.WithBaseFolder(Path.GetDirectoryName(Path.GetFullPath(input))!);
        claims.Read("the records", address.Path);
        return Open(address, fields, name, where);
    }

    private static RecordInput Open(SourceAddress address, RecordFields fields, string name, string where)
    {
        FileStream? stream = null;
        try
        {
            stream = RecordScanner.OpenFile(address.Path);
            var records = address.Scheme == SourceAddress.CsvScheme
                ? CsvRecords.Read(stream, address.Path, fields, address.Delimiter)
                : Begin(JsonLinesRecords.Read(stream, address.Path, fields));
            return new RecordInput(records, null, name, stream);
        }
        catch (Exception error)
        {
            stream?.Dispose();
            if (error is CacheSourceException) throw new BadInputException(error.Message, error);
            if (error is ArgumentException) throw new BadInputException($"{where}: metadata_field: a CSV file has no metadata", error);
            throw;
        }
    }

    // What is wrong with a whole file, such as its encoding, shows with the first record: before a backend is opened, as with CSV's header.
    private static IEnumerable<WriteRecord> Begin(IEnumerable<WriteRecord> records)
    {
        var enumerator = records.GetEnumerator();
        var isThere = enumerator.MoveNext();
        return Enumerate();

        IEnumerable<WriteRecord> Enumerate()
        {
            using (enumerator)
            {
                for (; isThere; isThere = enumerator.MoveNext()) yield return enumerator.Current;
            }
        }
    }

    // The options that name fields have settings of their own here, which mean the same for every format.
    private static SourceAddress Check(SourceAddress address, string where) =>
        address.KeyField == "key" && address.ValueField == "value"
            ? address
            : throw new BadInputException($"{where}: name the fields by key_field and value_field (--key-field, --value-field)");
}
