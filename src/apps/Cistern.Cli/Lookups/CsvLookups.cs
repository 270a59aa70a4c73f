namespace Cistern.Cli;

/// <summary>Reads lookups of one CSV row each.</summary>
internal static class CsvLookups
{
    public static IEnumerable<Lookup> Read(Stream stream, string name, CancellationToken cancellationToken)
    {
        using var rows = new CsvRows(stream, name, LookupFile.MaxLineBytes);
        var columns = rows.Columns.ToList();
        var keyColumn = columns.IndexOf("key");
        var timeColumn = columns.IndexOf("t");
        if (keyColumn < 0) throw rows.Fault("The header has no column \"key\".");
        var times = new LookupTimes();
        while (rows.Read(cancellationToken))
        {
            var key = rows[keyColumn];
            DateTimeOffset? time = timeColumn < 0 ? null : LookupTimes.Parse(rows[timeColumn]) ?? throw rows.Fault(LookupTimes.NotATime);
            if ((CacheKey.Explain(key) ?? times.Check(time)) is { } reason) throw rows.Fault(reason);
            yield return new Lookup(key, time);
        }
    }
}
