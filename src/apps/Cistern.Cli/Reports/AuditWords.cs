namespace Cistern.Cli;

/// <summary>How the report words a decision.</summary>
internal static class AuditWords
{
    /// <summary>What follows the number of such decisions.</summary>
    public static string Lane(AuditAction action) => action switch
    {
        AuditAction.Backfill => "backfills",
        AuditAction.ForceBackfill => "forced",
        AuditAction.BackfillFailed => "failed",
        AuditAction.SkippedEmptySource => "skipped",
        AuditAction.ManualInterventionRequired => "refused",
        _ => "resumed",
    };

    /// <summary>What was decided.</summary>
    public static string Name(AuditAction action) => action switch
    {
        AuditAction.Backfill => "Backfill",
        AuditAction.ForceBackfill => "Forced backfill",
        AuditAction.BackfillFailed => "Backfill failed",
        AuditAction.SkippedEmptySource => "Skipped: the source is empty",
        AuditAction.ManualInterventionRequired => "Refused: manual intervention required",
        _ => "Resumed",
    };

    /// <summary>A decision in one line, without its place.</summary>
    public static string Describe(AuditEntry entry) => entry.Action switch
    {
        _ when Loads(entry.Action) => $"{Name(entry.Action)}: {ReportFormat.Count(entry.Loaded)} loaded{At(entry)}",
        _ => $"{Name(entry.Action)}{At(entry)}{Times(entry)}",
    };

    /// <summary>How often it was decided in a row, if more than once.</summary>
    public static string Times(AuditEntry entry) => entry.Count > 1 ? $", {ReportFormat.Count(entry.Count)} times" : "";

    /// <summary>Whether entries are loaded by what was decided.</summary>
    public static bool Loads(AuditAction action) => action is AuditAction.Backfill or AuditAction.ForceBackfill or AuditAction.BackfillFailed;

    private static string At(AuditEntry entry) => entry.MissRate is { } rate ? $" at {ReportFormat.Rate(rate)}" : "";
}
