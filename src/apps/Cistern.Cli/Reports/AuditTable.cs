namespace Cistern.Cli;

/// <summary>The audit as a table: every decision, or the first and last ones of very many.</summary>
internal static class AuditTable
{
    private const int MostRows = 1000;

    public static void Write(MarkupWriter markup, ReportData data)
    {
        if (data.Audit.Count == 0)
        {
            markup.Write($"""<p class="empty">Nothing was decided: no backfill was due, and none was asked for.</p>""");
            return;
        }

        markup.WriteLine($"""<div class="scroll" role="region" aria-labelledby="audit-title" tabindex="0"><table class="audit"><caption>{Caption(data)}</caption>""");
        markup.Write($"""<thead><tr><th scope="col" class="number">Lookup</th><th scope="col">Decision</th><th scope="col" class="number">Miss rate</th><th scope="col" class="number">Loaded</th>""");
        if (data.HasTimes) markup.Write($"""<th scope="col">Time, UTC</th>""");
        markup.WriteLine($"</tr></thead><tbody>");
        WriteRows(markup, data);
        markup.Write($"</tbody></table></div>");
    }

    private static string Caption(ReportData data)
    {
        var caption = $"{ReportFormat.Count(data.Audit.Count, "decision", "decisions")}, in order.";
        return data.AuditDropped == 0
            ? caption
            : $"{caption} {ReportFormat.Count(data.AuditDropped, "older one was", "older ones were")} dropped and are neither here nor in the picture; --audit FILE.jsonl keeps all.";
    }

    private static void WriteRows(MarkupWriter markup, ReportData data)
    {
        var audit = data.Audit;
        var omitted = Math.Max(0, audit.Count - MostRows);
        foreach (var (index, entry) in audit.Index())
        {
            if (index >= MostRows / 2 && index < (MostRows / 2) + omitted)
            {
                if (index == MostRows / 2) markup.WriteLine($"""<tr class="omitted"><td colspan="5">{ReportFormat.Count(omitted, "decision is", "decisions are")} left out here.</td></tr>""");
                continue;
            }

            WriteRow(markup, entry, data.HasTimes);
        }
    }

    private static void WriteRow(MarkupWriter markup, AuditEntry entry, bool hasTime)
    {
        markup.Write($"""<tr class="{entry.ActionName}"><th scope="row" class="number">{ReportFormat.Count(entry.Lookups)}</th><td>{AuditWords.Name(entry.Action)}{AuditWords.Times(entry)}""");
        if (entry.Error is { } error) markup.Write($"""<br/><bdi class="error">{error}</bdi>""");
        markup.Write($"""</td><td class="number">{(entry.MissRate is { } rate ? ReportFormat.Rate(rate) : "–")}</td><td class="number">{(AuditWords.Loads(entry.Action) ? ReportFormat.Count(entry.Loaded) : "–")}</td>""");
        if (hasTime) markup.Write($"""<td class="time"><time datetime="{ReportFormat.MachineInstant(entry.At)}"><span class="date">{$"{entry.At.UtcDateTime:yyyy-MM-dd}"} </span>{$"{entry.At.UtcDateTime:HH:mm:ss}"}<span class="fraction">{$"{entry.At.UtcDateTime:.fff}"}</span></time></td>""");
        markup.WriteLine($"</tr>");
    }
}
