using CsvHelper;

namespace Cistern;

/// <summary>The columns of a CSV file.</summary>
internal sealed class CsvHeader
{
    private const string Missing = "The file has no header; the first row must name the columns.";

    private readonly bool _isInFile;

    private CsvHeader(IReadOnlyList<string> columns, bool isInFile) => (Columns, _isInFile) = (columns, isInFile);

    public IReadOnlyList<string> Columns { get; }

    /// <summary>Reads the first row of a file.</summary>
    /// <param name="record">Its bytes; null: there is none.</param>
    /// <param name="dialect">How it is taken apart.</param>
    /// <param name="fault">What is wrong with it, when there is no header.</param>
    public static CsvHeader? TryParse(ReadOnlyMemory<byte>? record, CsvDialect dialect, out FileRecord fault)
    {
        fault = FileRecord.Faulty(Missing);
        if (record is not { } bytes) return null;
        using var row = dialect.TryRead(bytes, out fault);
        if (row is null) return null;
        var columns = Enumerable.Range(0, row.FieldCount).Select(row.GetString).ToArray();
        if (columns.GroupBy(column => column).FirstOrDefault(group => group.Count() > 1) is not { } twice) return new CsvHeader(columns, isInFile: true);
        fault = FileRecord.Faulty($"The header names the column \"{twice.Key}\" twice; a name may appear once.");
        return null;
    }

    /// <summary>The columns of a file that does not name them itself.</summary>
    public static CsvHeader Of(IReadOnlyList<string> columns) => new(columns, isInFile: false);

    /// <summary>Finds a column.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public string? Find(string name, string purpose, out int column)
    {
        column = Columns.ToList().IndexOf(name);
        return column >= 0 ? null : $"The header has no column \"{name}\", which holds {purpose}; it has {string.Join(", ", Columns.Select(other => $"\"{other}\""))}.";
    }

    /// <summary>Makes sure that a row has as many fields as there are columns.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public string? Check(CsvReader row) => row.FieldCount == Columns.Count ? null
        : _isInFile ? $"The row has {row.FieldCount} fields; the header names {Columns.Count}."
        : $"The row has {row.FieldCount} fields; {Columns.Count} are needed: {string.Join(", ", Columns)}.";
}
