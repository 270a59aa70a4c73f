namespace Cistern.Cli;

/// <summary>The settings of the run, so that it can be told from another and repeated.</summary>
internal static class SettingsList
{
    private const string None = "none";

    public static void Write(MarkupWriter markup, ReportData data)
    {
        var options = data.Options;
        markup.WriteLine($"""<dl class="settings">""");
        WriteSetting(markup, "Miss threshold", ReportFormat.Share(options.MissThreshold));
        WriteSetting(markup, "Clear threshold", options.ClearThreshold is { } clear ? ReportFormat.Share(clear) : None);
        WriteSetting(markup, "Cooldown", options.Cooldown is { } cooldown ? ReportFormat.Duration(cooldown) : None);
        WriteSetting(markup, "Window", options.Window == MissWindow.Cumulative ? "cumulative" : Describe(options.Window));
        WriteSetting(markup, "Min lookups", ReportFormat.Count(options.MinLookups));
        WriteSetting(markup, "Backfill batch", ReportFormat.Count(options.BackfillBatch));
        WriteSetting(markup, "Max backfills", options.MaxBackfills is { } most ? ReportFormat.Count(most) : None);
        if (options.MaxIneffectiveBackfills is { } ineffective) WriteSetting(markup, "Max ineffective backfills", $"{ReportFormat.Count(ineffective)} in a row");
        WriteSetting(markup, "Exclude source misses", options.ExcludeSourceMisses ? "yes" : "no");
        WriteSetting(markup, "Capacity", data.Capacity is { } capacity ? ReportFormat.Count(capacity, "entry", "entries") : None);
        if (data.Eviction is { } eviction) WriteSetting(markup, "Eviction", eviction);
        WriteSetting(markup, "TTL", TimeToLive(options));
        WriteSetting(markup, "Backfill mode", options.Mode == BackfillMode.Inline ? "inline" : "background");
        WriteSetting(markup, "On backend fault", options.OnBackendFault == BackendFaultHandling.Throw ? "throw" : "bypass");
        markup.Write($"</dl>");
    }

    /// <summary>A window that is not cumulative, in words.</summary>
    public static string Describe(MissWindow window) => window switch
    {
        { Lookups: { } lookups } => ReportFormat.Count(lookups, "latest lookup", "latest lookups"),
        { Duration: { } duration } => $"lookups of the latest {ReportFormat.Duration(duration)}",
        _ => "all lookups",
    };

    private static string TimeToLive(BackfillOptions options) => options switch
    {
        { TimeToLive: null } => None,
        { TimeToLive: { } ttl, TimeToLiveJitter: > 0 } => $"{ReportFormat.Duration(ttl)} ± {ReportFormat.Share(options.TimeToLiveJitter)}",
        { TimeToLive: { } ttl } => ReportFormat.Duration(ttl),
    };

    private static void WriteSetting(MarkupWriter markup, string name, string value) =>
        markup.WriteLine($"<div><dt>{name}</dt><dd>{value}</dd></div>");
}
