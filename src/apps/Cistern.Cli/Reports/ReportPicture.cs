namespace Cistern.Cli;

/// <summary>The picture: miss rate, decisions and hits over the same lookups; and its points as a table.</summary>
internal static class ReportPicture
{
    public static void Write(MarkupWriter markup, ReportData data)
    {
        if (data.Curve.Count == 0)
        {
            markup.Write($"""<p class="empty">No lookups were counted, so there is nothing to draw.</p>""");
            return;
        }

        var scale = new ChartScale(data);
        markup.WriteLine($"""<figure aria-labelledby="picture-title" aria-describedby="picture-summary">""");
        markup.WriteLine($"""<figcaption id="picture-summary">{Describe(data)}</figcaption><div class="plots" id="plots">""");
        RatePanel.Write(markup, data, scale);
        MarkLanes.Write(markup, data, scale);
        HitsPanel.Write(markup, data, scale);
        WriteAxis(markup, scale);
        markup.WriteLine($"</div>");
        CurveTable.Write(markup, data.Curve);
        markup.Write($"</figure>");
    }

    private static string Describe(ReportData data) =>
        $"Above, the share of misses among {(data.Options.Window == MissWindow.Cumulative ? "all lookups so far" : $"the {SettingsList.Describe(data.Options.Window)}")}{(data.Options.ExcludeSourceMisses ? ", those of keys known to be absent left out" : "")}; below, the hits so far."
        + (data.AuditDropped == 0 ? "" : $" The first {ReportFormat.Count(data.AuditDropped, "decision is", "decisions are")} not marked.");

    private static void WriteAxis(MarkupWriter markup, ChartScale scale)
    {
        markup.Write($"""<div class="row axis" aria-hidden="true"><svg width="100%" height="42">""");
        foreach (var (index, tick) in scale.LookupTicks(6).Index())
        {
            // Long numbers do not all fit on a narrow screen.
            var isSpare = index % 2 == 1 && scale.Lookups >= 1000;
            markup.Write($"""<text class="tick{(isSpare ? " spare" : "")}" x="{scale.X(tick)}%" y="16" text-anchor="{(scale.X(tick) > 97 ? "end" : "middle")}">{ReportFormat.Count(tick)}</text>""");
        }

        markup.WriteLine($"""<text class="tick" x="100%" y="36" text-anchor="end">lookups</text></svg></div>""");
    }
}
