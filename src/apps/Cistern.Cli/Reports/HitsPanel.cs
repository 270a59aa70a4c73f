namespace Cistern.Cli;

/// <summary>The hits so far, under the line that they would follow if every lookup were a hit: the gap is the misses.</summary>
internal static class HitsPanel
{
    // What a line of text needs, in percent of the panel's height.
    private const double LabelDistance = 15;

    public static void Write(MarkupWriter markup, ReportData data, ChartScale scale)
    {
        var last = data.Curve[^1];
        var hitsPlace = 100 * (1 - ((double)last.Hits / scale.Lookups));
        markup.WriteLine($"""<div class="row hits"><p class="panel-title" aria-hidden="true">Hits, cumulative</p><svg class="plot" role="img" aria-label="{Describe(last)}" width="100%">""");
        foreach (var tick in scale.LookupTicks(3))
        {
            var place = 100 - scale.X(tick);
            markup.Write($"""<line class="{(tick == 0 ? "base" : "grid")}" x1="0" x2="100%" y1="{place}%" y2="{place}%"/>""");
            markup.WriteLine($"""<text class="tick" x="0" dx="-10" y="{place}%" dy="0.34em" text-anchor="end">{ReportFormat.Compact(tick)}</text>""");
        }

        WriteLines(markup, data.Curve, scale);
        var places = ChartScale.Separate([0, hitsPlace], LabelDistance);
        markup.Write($"""<text class="label wide" x="100%" dx="10" y="{places[0]}%" dy="0.34em">{ReportFormat.Count(last.Lookups, "lookup", "lookups")}</text>""");
        markup.Write($"""<text class="label wide end-label" x="100%" dx="10" y="{places[1]}%" dy="0.34em">{ReportFormat.Count(last.Hits, "hit", "hits")}</text>""");
        markup.WriteLine($"""<circle class="end" cx="100%" cy="{hitsPlace}%" r="3"/></svg></div>""");
    }

    private static void WriteLines(MarkupWriter markup, IReadOnlyList<CurvePoint> curve, ChartScale scale)
    {
        var top = scale.Lookups;
        markup.Write($"""<line class="all" x1="0" y1="100%" x2="100%" y2="0"/>""");
        markup.WriteLine($"""<svg aria-hidden="true" viewBox="0 0 {top} {top}" width="100%" height="100%" preserveAspectRatio="none"><g transform="translate(0 {top}) scale(1 -1)">""");
        markup.Write($"""<polygon class="area" points="0,0 """);
        foreach (var point in curve) markup.Write($"{point.Lookups},{point.Hits} ");
        markup.WriteLine($"{top},0\"/>");
        markup.Write($"""<polyline class="line" id="hits-line" points="0,0 """);
        foreach (var point in curve) markup.Write($"{point.Lookups},{point.Hits} ");
        markup.WriteLine($"\"/></g></svg>");
    }

    private static string Describe(CurvePoint last) =>
        $"Hits so far over the lookups, ending at {ReportFormat.Count(last.Hits, "hit", "hits")} of {ReportFormat.Count(last.Lookups, "lookup", "lookups")}.";
}
