using System.Text;

namespace Cistern.Cli;

/// <summary>Reads lookups of one key a line.</summary>
internal static class PlainLookups
{
    public static IEnumerable<Lookup> Read(Stream stream, string name, CancellationToken cancellationToken)
    {
        var scanner = new RecordScanner(stream, new LineSplitter(skipWhiteSpace: false), name, LookupFile.MaxLineBytes);
        while (scanner.Read(cancellationToken))
        {
            var key = Encoding.UTF8.GetString(scanner.Record.Span);
            if (CacheKey.Explain(key) is { } reason) throw scanner.Fault(reason);
            yield return new Lookup(key, null);
        }
    }
}
