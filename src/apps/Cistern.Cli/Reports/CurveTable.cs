namespace Cistern.Cli;

/// <summary>The curve as a table, for whoever cannot or will not read a picture.</summary>
internal static class CurveTable
{
    // As many as can be read one by one.
    private const int MostRows = 50;

    public static void Write(MarkupWriter markup, IReadOnlyList<CurvePoint> curve)
    {
        var rows = Shorten(curve);
        var ranged = rows.Any(point => point.Lowest < point.Highest);
        markup.WriteLine($"""<details><summary>The curve as a table</summary><div class="scroll" role="region" aria-label="The curve as a table" tabindex="0"><table>""");
        markup.WriteLine($"<caption>{(ranged ? "Miss rate and hits so far; lowest and highest are those since the row above." : "Miss rate and hits so far, after each lookup.")}</caption>");
        markup.Write($"""<thead><tr><th scope="col" class="number">Lookups</th><th scope="col" class="number">Miss rate</th>""");
        if (ranged) markup.Write($"""<th scope="col" class="number">Lowest</th><th scope="col" class="number">Highest</th>""");
        markup.WriteLine($"""<th scope="col" class="number">Hits</th></tr></thead><tbody>""");
        foreach (var point in rows)
        {
            markup.Write($"""<tr><th scope="row" class="number">{ReportFormat.Count(point.Lookups)}</th><td class="number">{ReportFormat.Rate(point.Rate)}</td>""");
            if (ranged) markup.Write($"""<td class="number">{ReportFormat.Rate(point.Lowest)}</td><td class="number">{ReportFormat.Rate(point.Highest)}</td>""");
            markup.WriteLine($"""<td class="number">{ReportFormat.Count(point.Hits)}</td></tr>""");
        }

        markup.WriteLine($"</tbody></table></div></details>");
    }

    private static List<CurvePoint> Shorten(IReadOnlyList<CurvePoint> curve)
    {
        var merged = (curve.Count + MostRows - 1) / MostRows;
        return [.. curve.Chunk(merged).Select(chunk => chunk.Aggregate((sum, next) => sum.MergeWith(next)))];
    }
}
