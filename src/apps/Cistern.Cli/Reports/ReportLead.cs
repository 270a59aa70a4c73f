namespace Cistern.Cli;

/// <summary>What the page says first: where the data came from, what happened in a sentence, and what needs somebody's attention.</summary>
internal static class ReportLead
{
    public static void WriteRoute(MarkupWriter markup, ReportData data)
    {
        markup.Write($"""<bdi>{data.Source}</bdi> <span aria-hidden="true">→</span><span class="unseen"> into </span> <bdi>{data.Backend}</bdi>""");
        if (data.FinishedAt is { } finished) markup.Write($""" <span class="dim">· <time datetime="{ReportFormat.MachineInstant(finished)}">{ReportFormat.Instant(finished)}</time></span>""");
        if (data.Elapsed is { } elapsed) markup.Write($""" <span class="dim">· in {ReportFormat.Duration(elapsed)}</span>""");
    }

    public static void Write(MarkupWriter markup, ReportData data)
    {
        markup.WriteLine($"""<p class="lead">{Outcome(data.Stats, data.Options)}</p>""");
        var failed = data.Audit.Where(entry => entry.Action == AuditAction.BackfillFailed).Sum(entry => entry.Count);
        if (data.Stats.ManualInterventionRequired) WriteNotice(markup, "Manual intervention required.", "The limit on automatic backfills is used up, and another one was due.");
        if (failed > 0) WriteNotice(markup, $"{ReportFormat.Count(failed, "backfill", "backfills")} failed.", "The audit tells why.");
        if (data.Stats.BackendFaults > 0) WriteNotice(markup, $"{ReportFormat.Count(data.Stats.BackendFaults, "backend fault", "backend faults")}.", "The source was read instead.");
        if (data.Stats.SkippedBackfills > 0) WriteNotice(markup, $"{ReportFormat.Count(data.Stats.SkippedBackfills, "backfill", "backfills")} skipped.", "The source was empty.");
    }

    private static void WriteNotice(MarkupWriter markup, string what, string why) =>
        markup.WriteLine($"""<p class="notice"><strong>{what}</strong> {why}</p>""");

    private static string Outcome(BackfillStats stats, BackfillOptions options)
    {
        if (stats.Lookups == 0) return $"No lookups were counted.{Backfills(stats)}";
        var against = stats.WindowMissRate >= options.MissThreshold ? "at or over" : "under";
        var where = options.Window == MissWindow.Cumulative ? "" : $" among the {SettingsList.Describe(options.Window)}";
        return $"{ReportFormat.Count(stats.Hits)} of {ReportFormat.Count(stats.Lookups, "lookup was a hit", "lookups were hits")}. "
            + $"The miss rate{where} ended at {ReportFormat.Rate(stats.WindowMissRate)}, {against} the threshold of {ReportFormat.Share(options.MissThreshold)}.{Backfills(stats)}";
    }

    private static string Backfills(BackfillStats stats) => stats.Backfills == 0
        ? " No backfill ran."
        : $" {ReportFormat.Count(stats.Backfills, "backfill", "backfills")} loaded {ReportFormat.Count(stats.Loaded, "entry", "entries")}.";
}
