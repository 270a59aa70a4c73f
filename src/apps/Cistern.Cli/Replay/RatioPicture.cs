namespace Cistern.Cli;

/// <summary>Curves of hit ratios as a picture: one line for each policy, over the room that it has.</summary>
internal static class RatioPicture
{
    // The unit of the drawn lines: a hundredth of a percent of the picture.
    private const int Units = 10_000;

    // What a line of text needs, in percent of the picture's height, and a label of the axis, of its width, on a wide screen and on a narrow one.
    private const double LabelDistance = 5;
    private const double TickDistance = 8;
    private const double NarrowTickDistance = 22;

    /// <summary>Writes it.</summary>
    /// <param name="markup">Where to.</param>
    /// <param name="curves">The curves; at least one.</param>
    /// <param name="axis">What the room is, for its axis.</param>
    public static void Write(MarkupWriter markup, IReadOnlyList<RatioCurve> curves, string axis)
    {
        var scale = new RatioScale(curves);
        markup.WriteLine($"""<figure class="curves"><figcaption>Hit ratio over {axis}, which is on a logarithmic axis{(scale.IsFromZero ? "" : "; the ratios do not begin at 0")}.</figcaption>""");
        WriteLegend(markup, curves);
        markup.WriteLine($"""<div class="plots"><div class="row"><p class="panel-title" aria-hidden="true">Hit ratio</p><svg class="plot" role="img" aria-label="{Describe(curves, axis)}" width="100%">""");
        WriteGrid(markup, curves, scale);

        // What comes first is drawn over what comes later, so that the optimum hides nothing.
        foreach (var curve in curves.Reverse()) WriteCurve(markup, curve, scale);
        WriteEnds(markup, curves, scale);
        markup.WriteLine($"</svg></div>");
        WriteAxis(markup, curves, scale, axis);
        markup.WriteLine($"</div></figure>");
    }

    private static string Describe(IReadOnlyList<RatioCurve> curves, string axis) =>
        $"Hit ratio over {axis}: {string.Join("; ", curves.Select(curve => $"{curve.Policy} from {ReplayFormat.Ratio(curve.Points[0].Ratio)} at {curve.Points[0].Label} to {ReplayFormat.Ratio(curve.Points[^1].Ratio)} at {curve.Points[^1].Label}"))}.";

    private static void WriteLegend(MarkupWriter markup, IReadOnlyList<RatioCurve> curves)
    {
        markup.Write($"""<ul class="legend">""");
        foreach (var curve in curves) markup.Write($"""<li class="{curve.Policy}"><svg aria-hidden="true"><line class="line" x1="0" x2="28" y1="5" y2="5"/></svg>{curve.Policy}</li>""");
        markup.WriteLine($"</ul>");
    }

    private static void WriteGrid(MarkupWriter markup, IReadOnlyList<RatioCurve> curves, RatioScale scale)
    {
        foreach (var (index, tick) in scale.Ticks.Index())
        {
            markup.Write($"""<line class="{(index == 0 ? "base" : "grid")}" x1="0" x2="100%" y1="{scale.Y(tick)}%" y2="{scale.Y(tick)}%"/>""");
            markup.WriteLine($"""<text class="tick" x="0" dx="-10" y="{scale.Y(tick)}%" dy="0.34em" text-anchor="end">{ReportFormat.Share(tick)}</text>""");
        }

        foreach (var point in Rooms(curves)) markup.WriteLine($"""<line class="rung" x1="{scale.X(point.Room)}%" x2="{scale.X(point.Room)}%" y1="0" y2="100%"/>""");
    }

    private static void WriteCurve(MarkupWriter markup, RatioCurve curve, RatioScale scale)
    {
        markup.Write($"""<g class="{curve.Policy}"><svg aria-hidden="true" viewBox="0 0 {Units} {Units}" width="100%" height="100%" preserveAspectRatio="none"><polyline class="line" points=" """);
        foreach (var point in curve.Points) markup.Write($"{InUnits(scale.X(point.Room))},{InUnits(scale.Y(point.Ratio))} ");
        markup.WriteLine($"\"/></svg>");
        foreach (var point in curve.Points)
        {
            markup.WriteLine($"""<circle class="dot" cx="{scale.X(point.Room)}%" cy="{scale.Y(point.Ratio)}%" r="3.5"><title>{curve.Policy}, {point.Label}: {ReplayFormat.Ratio(point.Ratio)}</title></circle>""");
        }

        markup.WriteLine($"</g>");
    }

    private static void WriteEnds(MarkupWriter markup, IReadOnlyList<RatioCurve> curves, RatioScale scale)
    {
        var places = ChartScale.Separate([.. curves.Select(curve => scale.Y(curve.Points[^1].Ratio))], LabelDistance);
        foreach (var (index, curve) in curves.Index())
        {
            markup.WriteLine($"""<g class="{curve.Policy}"><text class="label wide end-label" x="100%" dx="10" y="{places[index]}%" dy="0.34em">{curve.Policy}</text></g>""");
        }
    }

    private static void WriteAxis(MarkupWriter markup, IReadOnlyList<RatioCurve> curves, RatioScale scale, string axis)
    {
        markup.Write($"""<div class="row axis" aria-hidden="true"><svg width="100%" height="42">""");
        var (last, lastOnNarrow) = (double.NegativeInfinity, double.NegativeInfinity);
        foreach (var point in Rooms(curves))
        {
            // What would touch the label before it is left out; the table has every figure.
            var place = scale.X(point.Room);
            if (place - last < TickDistance) continue;
            last = place;
            var isSpare = place - lastOnNarrow < NarrowTickDistance;
            if (!isSpare) lastOnNarrow = place;
            markup.Write($"""<text class="tick{(isSpare ? " spare" : "")}" x="{place}%" y="16" text-anchor="{(place > 97 ? "end" : "middle")}">{Short(point.Label)}</text>""");
        }

        markup.WriteLine($"""<text class="tick" x="100%" y="36" text-anchor="end">{axis}</text></svg></div>""");
    }

    private static IEnumerable<RatioPoint> Rooms(IReadOnlyList<RatioCurve> curves) => curves[0].Points;

    // The part of the keys is in the table.
    private static string Short(string label) => label.IndexOf(" (", StringComparison.Ordinal) is > 0 and var end ? label[..end] : label;

    private static long InUnits(double percent) => (long)Math.Round(percent * Units / 100);
}
