using System.Globalization;

namespace Cistern.Cli;

/// <summary>The figures of a run for people: a drawn table on a terminal, aligned lines elsewhere.</summary>
internal static class SummaryTable
{
    public static void Print(ConsoleStreams console, BackfillOutcome outcome, bool noColor)
    {
        var rows = Rows(outcome);
        if (console.ErrorIsTerminal)
        {
            TerminalTable.Print(console, noColor, rows);
            return;
        }

        var width = rows.Max(row => row.Figure.Length);
        foreach (var (name, figure) in rows) console.Error.WriteLine($"  {name,-22}{figure.PadLeft(width)}");
    }

    /// <summary>What is told, in order. What is zero and would only be noise is left out.</summary>
    public static IReadOnlyList<(string Name, string Figure)> Rows(BackfillOutcome outcome)
    {
        var stats = outcome.Stats;
        List<(string Name, string Figure)> rows =
        [
            ("lookups", Count(stats.Lookups + outcome.FailedLookups)),
            ("hits", Count(stats.Hits)),
            ("misses", Count(stats.Misses)),
            ("miss rate", Percent(stats.MissRate)),
            ("source misses", Count(stats.SourceMisses)),
            ("backfills", Count(stats.Backfills)),
            ("entries loaded", Count(stats.Loaded)),
            ("entries in the cache", outcome.Backend.CurrentEntries is { } entries ? Count(entries) : "unknown"),
        ];
        if (outcome.Backend.Evictions > 0) rows.Add(("evictions", Count(outcome.Backend.Evictions.Value)));
        if (stats.SkippedBackfills > 0) rows.Add(("backfills skipped", $"{Count(stats.SkippedBackfills)} (the source is empty)"));
        if (stats.ManualInterventionRequired) rows.Add(("manual intervention", "required (max_backfills is used up)"));
        if (outcome.FailedLookups > 0) rows.Add(("failed lookups", Count(outcome.FailedLookups)));
        return rows;
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate * 100:0.00} %");
}
