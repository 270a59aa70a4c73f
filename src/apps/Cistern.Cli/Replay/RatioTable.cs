namespace Cistern.Cli;

/// <summary>All figures of a log's replays as a table of the page.</summary>
internal static class RatioTable
{
    public static void Write(MarkupWriter markup, ReplayReport report)
    {
        markup.WriteLine($"""<div class="scroll" role="region" aria-label="The figures of {report.Log}" tabindex="0"><table class="ratios"><caption>Every figure; the best policy at each {ReplayFormat.Name(report.Measure)} is in bold.</caption>""");
        markup.Write($"<thead><tr>");
        foreach (var (column, head) in Heads(report).Index())
        {
            if (column < 2) markup.Write($"""<th scope="col">{head}</th>""");
            else markup.Write($"""<th scope="col" class="number">{head}</th>""");
        }

        markup.WriteLine($"</tr></thead><tbody>");
        foreach (var bound in report.Bounds)
        {
            var best = report.BestAt(bound);
            foreach (var (index, result) in report.Results.Where(result => result.Bound == bound).Index()) WriteRow(markup, result, report.HasSizes, isFirst: index == 0, isBest: result.Hits == best.Hits && !result.IsOptimum);
        }

        markup.WriteLine($"</tbody></table></div>");
    }

    private static string[] Heads(ReplayReport report) => [.. ReplayTable.Heads(report), "peak memory, bytes"];

    private static void WriteRow(MarkupWriter markup, ReplayResult result, bool hasSizes, bool isFirst, bool isBest)
    {
        markup.Write($"""<tr class="{(isFirst ? "first" : "next")}">""");
        string[] cells = [.. ReplayTable.Row(result, hasSizes), ReplayTable.Count(result.PeakMemoryBytes)];
        foreach (var (column, cell) in cells.Index())
        {
            if (column == 0) markup.Write($"""<th scope="row">{cell}</th>""");
            else if (column == 1) markup.Write($"""<td class="{(isBest ? "best" : "other")}">{cell}</td>""");
            else markup.Write($"""<td class="number{(isBest && column == 2 ? " best" : "")}">{cell}</td>""");
        }

        markup.WriteLine($"</tr>");
    }
}
