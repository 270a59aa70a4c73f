namespace Cistern.Cli;

/// <summary>Writes the replays of one or several logs as one HTML page that needs nothing else: their curves, and every figure.</summary>
internal static class ReplayPage
{
    private static readonly PageTemplate Template = new("replay.html");
    private static readonly string Style = PageTemplate.Read("report.css") + PageTemplate.Read("replay.css");

    /// <summary>Writes the page, in UTF-8 without a byte order mark. The stream stays open.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="reports">The logs; at least one.</param>
    public static void Write(Stream output, IReadOnlyList<ReplayReport> reports) => Template.Write(output, (name, markup) =>
    {
        switch (name)
        {
            case "title": markup.Write($"{Title(reports)}"); break;
            case "style": markup.WriteRaw(Style); break;
            case "style-hash": markup.WriteRaw(PageTemplate.Hash(Style)); break;
            case "logs": WriteLogs(markup, reports); break;
            default: throw new InvalidOperationException($"The template names a part that nobody writes: {name}.");
        }
    });

    /// <summary>Writes the page to a file, and puts it in its place.</summary>
    /// <param name="output">The file.</param>
    /// <param name="reports">The logs; at least one.</param>
    public static void Publish(OutputFile output, IReadOnlyList<ReplayReport> reports)
    {
        using var page = new MemoryStream();
        Write(page, reports);
        output.Write(page.GetBuffer().AsSpan(0, (int)page.Length), 0);
        output.Settle();
        output.Publish();
    }

    private static string Title(IReadOnlyList<ReplayReport> reports) =>
        reports.Count == 1 ? $"Hit ratios of {Path.GetFileName(reports[0].Log)}" : $"Hit ratios of {ReportFormat.Count(reports.Count)} logs";

    private static void WriteLogs(MarkupWriter markup, IReadOnlyList<ReplayReport> reports)
    {
        if (reports.Count > 1 && RatioCurve.MeanOf(reports) is [_, ..] mean)
        {
            markup.WriteLine($"<section><h2>The mean of all</h2>");
            RatioPicture.Write(markup, mean, "the part of the distinct keys that there is room for");
            markup.WriteLine($"</section>");
        }

        foreach (var report in reports)
        {
            markup.WriteLine($"<section>");
            if (reports.Count > 1) markup.WriteLine($"<h2>{report.Log}</h2>");
            WriteLog(markup, report);
            markup.WriteLine($"</section>");
        }
    }

    private static void WriteLog(MarkupWriter markup, ReplayReport report)
    {
        markup.WriteLine($"""<p class="lead">{ReplayAdvice.Of(report)}</p>""");
        markup.WriteLine($"""<dl class="figures">""");
        FigureList.WriteFigure(markup, "Requests", ReportFormat.Count(report.Requests), $"{ReplayFormat.Bytes(report.RequestedBytes)} of values");
        FigureList.WriteFigure(markup, "Distinct keys", ReportFormat.Count(report.DistinctKeys), note: null);
        FigureList.WriteFigure(markup, "Footprint", ReplayFormat.Bytes(report.FootprintBytes), report.HasSizes ? "the values of all keys" : "the values of all keys, by a given size");
        markup.WriteLine($"</dl>");
        RatioPicture.Write(markup, RatioCurve.Of(report), Axis(report.Measure));
        RatioTable.Write(markup, report);
    }

    private static string Axis(ReplayMeasure measure) => measure switch
    {
        ReplayMeasure.Capacity => "capacity, in entries",
        ReplayMeasure.MaxSize => "max size, in bytes of values",
        _ => "max memory, in bytes held",
    };
}
