using Cistern.Cli;

namespace Cistern.Tests;

/// <summary>Data of reports to test with.</summary>
internal static class SampleReports
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 30, 0, TimeSpan.Zero);

    /// <summary>Seven lookups, two backfills: the picture fits in a test.</summary>
    public static ReportData Small { get; } = Of(
        new BackfillOptions { MissThreshold = 0.4, BackfillBatch = 3 },
        Observe([false, true, false, true, true, false, true]),
        [Entry(AuditAction.Backfill, 3, 0.6667) with { Loaded = 3 }, Entry(AuditAction.Backfill, 6, 0.5) with { Loaded = 1 }]);

    /// <summary>Every kind of decision, both thresholds, a window.</summary>
    public static ReportData Varied { get; } = Of(
        new BackfillOptions { MissThreshold = 0.3, ClearThreshold = 0.1, Window = MissWindow.OfLookups(500), Cooldown = TimeSpan.FromSeconds(90), MaxBackfills = 4 },
        ObserveWindow(12_000),
        [
            Entry(AuditAction.Backfill, 100, 0.41) with { Loaded = 10 },
            Entry(AuditAction.Backfill, 400, 0.38) with { Loaded = 10 },
            Entry(AuditAction.BackfillFailed, 700, 0.36) with { Error = "catalogue.jsonl: line 1204: a comma is missing" },
            Entry(AuditAction.ForceBackfill, 2_000, null) with { Loaded = 1_234 },
            Entry(AuditAction.ManualInterventionRequired, 5_000, 0.32) with { Count = 1_271 },
            Entry(AuditAction.Resumed, 7_000, null),
            Entry(AuditAction.SkippedEmptySource, 9_000, 0.31) with { Count = 12 },
        ]);

    /// <summary>Decisions at many lookups.</summary>
    public static ReportData WithAudit(int entries, int lookups = 1_000_000) => Of(
        new BackfillOptions(),
        ObserveWindow(lookups),
        [.. Enumerable.Range(1, entries).Select(index => Entry(AuditAction.Backfill, (long)index * lookups / entries, 0.5) with { Loaded = 1 })]);

    public static ReportData WithLookups(params bool[] hits) => Of(new BackfillOptions(), Observe(hits), []);

    public static AuditEntry Entry(AuditAction action, long lookups, double? missRate) =>
        new() { Action = action, At = Start.AddMilliseconds(lookups * 3), Lookups = lookups, MissRate = missRate };

    public static string Write(ReportData data)
    {
        using var page = new StringWriter();
        ReportPage.Write(page, data);
        return page.ToString();
    }

    private static MissRateCurve Observe(IEnumerable<bool> hits)
    {
        var curve = new MissRateCurve();
        foreach (var hit in hits) curve.Observe(hit);
        return curve;
    }

    private static MissRateCurve ObserveWindow(int lookups)
    {
        var curve = new MissRateCurve();
        for (var index = 1; index <= lookups; index++) curve.Observe(index % 5 > 0, 0.05 + (0.4 * Math.Pow(Math.Cos(index * 6.0 / lookups), 2)));
        return curve;
    }

    private static ReportData Of(BackfillOptions options, MissRateCurve curve, AuditEntry[] audit)
    {
        var points = curve.Points;
        var hits = points.Count == 0 ? 0 : points[^1].Hits;
        return new ReportData
        {
            Source = "catalogue.jsonl",
            Backend = "memory:",
            Options = options,
            Curve = points,
            Audit = audit,
            FinishedAt = Start.AddHours(1),
            Elapsed = TimeSpan.FromMilliseconds(1_234),
            Entries = 6,
            Stats = new BackfillStats
            {
                Hits = hits,
                Misses = curve.Lookups - hits,
                SourceMisses = 1,
                WindowMissRate = points.Count == 0 ? 0 : points[^1].Rate,
                Backfills = audit.Count(entry => entry.Action is AuditAction.Backfill or AuditAction.ForceBackfill or AuditAction.BackfillFailed),
                Loaded = audit.Sum(entry => entry.Loaded),
                SkippedBackfills = audit.Where(entry => entry.Action == AuditAction.SkippedEmptySource).Sum(entry => entry.Count),
                ManualInterventionRequired = audit.Any(entry => entry.Action == AuditAction.ManualInterventionRequired),
            },
        };
    }
}
