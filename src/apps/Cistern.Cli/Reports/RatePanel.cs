namespace Cistern.Cli;

/// <summary>The miss rate over the lookups, with the thresholds, and what it was at each decision.</summary>
internal static class RatePanel
{
    // Beyond these the picture would show beads and bars in place of the curve.
    private const int MostDots = 60;
    private const int MostDrops = 60;

    // What a line of text needs, in percent of the panel's height.
    private const double LabelDistance = 6.5;

    public static void Write(MarkupWriter markup, ReportData data, ChartScale scale)
    {
        markup.WriteLine($"""<div class="row rate"><p class="panel-title" aria-hidden="true">Miss rate</p><svg class="plot" role="img" aria-label="{Describe(data)}" width="100%">""");
        WriteGrid(markup, scale);
        WriteDrops(markup, data, scale);
        WriteCurve(markup, data.Curve, scale);
        WriteThreshold(markup, "threshold", data.Options.MissThreshold, scale);
        if (data.Options.ClearThreshold is { } clear) WriteThreshold(markup, "clear", clear, scale);
        WriteDots(markup, data, scale);
        WriteLabels(markup, data, scale);
        markup.WriteLine($"</svg></div>");
    }

    private static void WriteGrid(MarkupWriter markup, ChartScale scale)
    {
        foreach (var tick in scale.RateTicks)
        {
            markup.Write($"""<line class="{(tick == 0 ? "base" : "grid")}" x1="0" x2="100%" y1="{scale.Y(tick)}%" y2="{scale.Y(tick)}%"/>""");
            markup.WriteLine($"""<text class="tick" x="0" dx="-10" y="{scale.Y(tick)}%" dy="0.34em" text-anchor="end">{ReportFormat.Share(tick)}</text>""");
        }
    }

    // The lines are drawn in lookups and ten-thousandths: the picture is the data, and the script reads it from there.
    private static void WriteCurve(MarkupWriter markup, IReadOnlyList<CurvePoint> curve, ChartScale scale)
    {
        var top = ChartScale.InUnits(scale.Top);
        markup.WriteLine($"""<svg aria-hidden="true" viewBox="0 0 {scale.Lookups} {top}" width="100%" height="100%" preserveAspectRatio="none"><g transform="translate(0 {top}) scale(1 -1)">""");
        if (curve.Any(point => point.Lowest < point.Highest))
        {
            markup.Write($"""<polygon class="range" id="range" points=" """);
            foreach (var point in curve) markup.Write($"{point.Lookups},{ChartScale.InUnits(point.Highest)} ");
            foreach (var point in curve.Reverse()) markup.Write($"{point.Lookups},{ChartScale.InUnits(point.Lowest)} ");
            markup.WriteLine($"\"/>");
        }

        markup.Write($"""<polyline class="line" id="rate-line" points=" """);
        foreach (var point in curve) markup.Write($"{point.Lookups},{ChartScale.InUnits(point.Rate)} ");
        markup.WriteLine($"\"/></g></svg>");
    }

    private static void WriteThreshold(MarkupWriter markup, string name, double rate, ChartScale scale) =>
        markup.WriteLine($"""<line class="{name}" x1="0" x2="100%" y1="{scale.Y(rate)}%" y2="{scale.Y(rate)}%"/>""");

    private static void WriteDrops(MarkupWriter markup, ReportData data, ChartScale scale)
    {
        if (data.Audit.Count > MostDrops) return;
        foreach (var entry in data.Audit)
        {
            markup.WriteLine($"""<line class="drop" x1="{scale.X(entry.Lookups)}%" x2="{scale.X(entry.Lookups)}%" y1="{scale.Y(entry.MissRate ?? 0)}%" y2="100%"/>""");
        }
    }

    private static void WriteDots(MarkupWriter markup, ReportData data, ChartScale scale)
    {
        if (data.Curve.Count <= MostDots)
        {
            foreach (var point in data.Curve) markup.WriteLine($"""<circle class="dot" cx="{scale.X(point.Lookups)}%" cy="{scale.Y(point.Rate)}%" r="2"/>""");
        }

        if (data.Audit.Count > MostDrops) return;
        foreach (var entry in data.Audit.Where(entry => entry.MissRate is not null))
        {
            markup.WriteLine($"""<circle class="cause" cx="{scale.X(entry.Lookups)}%" cy="{scale.Y(entry.MissRate ?? 0)}%" r="3.5"/>""");
        }
    }

    // Beside the lines where there is room for it; on a narrow screen, on them.
    private static void WriteLabels(MarkupWriter markup, ReportData data, ChartScale scale)
    {
        List<(string Name, string Text, double Rate)> labels =
        [
            ("end", ReportFormat.Rate(data.Curve[^1].Rate), data.Curve[^1].Rate),
            ("threshold", $"threshold {ReportFormat.Share(data.Options.MissThreshold)}", data.Options.MissThreshold),
        ];
        if (data.Options.ClearThreshold is { } clear) labels.Add(("clear", $"clear {ReportFormat.Share(clear)}", clear));

        var places = ChartScale.Separate([.. labels.Select(label => scale.Y(label.Rate))], LabelDistance);
        foreach (var (index, (name, text, rate)) in labels.Index())
        {
            markup.Write($"""<text class="label wide {name}-label" x="100%" dx="10" y="{places[index]}%" dy="0.34em">{text}</text>""");

            // On the side of its line where the curve is not.
            var isAbove = data.Curve[^1].Rate <= rate;
            if (name != "end") markup.Write($"""<text class="label narrow {name}-label" x="100%" y="{scale.Y(rate)}%" dy="{(isAbove ? -0.45 : 1.15)}em" text-anchor="end">{text}</text>""");
        }

        markup.WriteLine($"""<circle class="end" cx="100%" cy="{scale.Y(data.Curve[^1].Rate)}%" r="3"/>""");
    }

    private static string Describe(ReportData data)
    {
        var curve = data.Curve;
        var last = curve[^1];
        var thresholds = $"The threshold is {ReportFormat.Share(data.Options.MissThreshold)}{(data.Options.ClearThreshold is { } clear ? $", cleared at {ReportFormat.Share(clear)}" : "")}.";
        if (curve.Count == 1) return $"Miss rate after {ReportFormat.Count(last.Lookups, "lookup", "lookups")}: {ReportFormat.Rate(last.Rate)}. {thresholds}";
        return $"Miss rate over {ReportFormat.Count(last.Lookups, "lookup", "lookups")}: between {ReportFormat.Rate(curve.Min(point => point.Lowest))} "
            + $"and {ReportFormat.Rate(curve.Max(point => point.Highest))}, {ReportFormat.Rate(last.Rate)} at the end. {thresholds}";
    }
}
