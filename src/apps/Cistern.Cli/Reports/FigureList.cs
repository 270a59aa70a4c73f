namespace Cistern.Cli;

/// <summary>The headline figures.</summary>
internal static class FigureList
{
    public static void Write(MarkupWriter markup, ReportData data)
    {
        var stats = data.Stats;
        markup.WriteLine($"""<dl class="figures">""");
        WriteFigure(markup, "Lookups", ReportFormat.Count(stats.Lookups), note: null);
        WriteFigure(markup, "Hits", ReportFormat.Count(stats.Hits), $"{ReportFormat.Rate(stats.HitRate)} hit rate");
        WriteFigure(markup, "Misses", ReportFormat.Count(stats.Misses), $"{ReportFormat.Rate(stats.MissRate)} miss rate");
        WriteFigure(markup, "Source misses", ReportFormat.Count(stats.SourceMisses), "not at the source");
        WriteFigure(markup, "Backfills", ReportFormat.Count(stats.Backfills), $"{ReportFormat.Count(stats.Loaded)} loaded");
        if (data.Entries is { } entries) WriteFigure(markup, "Entries", ReportFormat.Count(entries), data.Capacity is { } capacity ? $"of {ReportFormat.Count(capacity)}" : "cached at the end");
        if (data.Evictions is { } evictions) WriteFigure(markup, "Evictions", ReportFormat.Count(evictions), "for room");
        markup.Write($"</dl>");
    }

    /// <summary>Writes one of them.</summary>
    /// <param name="markup">Where to.</param>
    /// <param name="name">What it is.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="note">What is said of it; null: nothing.</param>
    public static void WriteFigure(MarkupWriter markup, string name, string figure, string? note)
    {
        markup.Write($"<div><dt>{name}</dt><dd>{figure}</dd>");
        if (note is not null) markup.Write($"""<dd class="note">{note}</dd>""");
        markup.WriteLine($"</div>");
    }
}
