using System.Buffers;
using System.Text;

namespace Cistern.Cli;

/// <summary>The JSON of a summary around its results: the seeds' figures before them, everything else after.</summary>
internal static class SummaryText
{
    /// <summary>Room for the longest head, for results that are in the file before it is known.</summary>
    public const int HeadBytes = 384;

    /// <summary>Everything up to the bracket that opens the results.</summary>
    /// <param name="outcome">The run.</param>
    /// <param name="isPadded">Whether to fill it with spaces to <see cref="HeadBytes"/>: JSON does not mind them.</param>
    public static byte[] Head(BackfillOutcome outcome, bool isPadded)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("{\n"u8);
        var fields = new JsonFields(output, "  ");
        fields.Add("cache_size", outcome.Backend.CurrentEntries);
        fields.Add("hits", outcome.Stats.Hits);
        fields.Add("misses", outcome.Stats.Misses);
        fields.AddRate("hit_rate", outcome.Stats.HitRate);
        fields.AddRate("miss_rate", outcome.Stats.MissRate);
        fields.Add("backfills", outcome.Stats.Backfills);
        fields.Name("lookup_results");
        if (isPadded) output.Write(Encoding.ASCII.GetBytes(new string(' ', HeadBytes - 1 - output.WrittenCount)));
        output.Write("["u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Everything from the bracket that closes the results.</summary>
    /// <param name="outcome">The run.</param>
    /// <param name="hasResults">Whether there are results before it.</param>
    public static ReadOnlySpan<byte> Tail(BackfillOutcome outcome, bool hasResults)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(hasResults ? "\n  ]"u8 : "]"u8);
        var fields = new JsonFields(output, "  ") { IsFirst = false };
        if (outcome.ResultsFile is not null) fields.Add("results_file", outcome.ResultsFile);
        fields.Add("source_misses", outcome.Stats.SourceMisses);
        fields.Add("evictions", outcome.Backend.Evictions);
        fields.Add("loaded", outcome.Stats.Loaded);
        fields.Add("skipped_backfills", outcome.Stats.SkippedBackfills);
        fields.Add("manual_intervention_required", outcome.Stats.ManualInterventionRequired);
        fields.Add("failed_lookups", outcome.FailedLookups);
        fields.Name("audit");
        WriteAudit(output, outcome);
        fields.Add("audit_dropped", outcome.AuditDropped);
        fields.Name("settings");
        WriteSettings(output, outcome);
        output.Write("\n}\n"u8);
        return output.WrittenSpan;
    }

    private static void WriteAudit(ArrayBufferWriter<byte> output, BackfillOutcome outcome)
    {
        output.Write("["u8);
        for (var i = 0; i < outcome.Audit.Count; i++)
        {
            output.Write(i == 0 ? "\n    "u8 : ",\n    "u8);
            AuditLine.Write(output, outcome.Audit[i], outcome.HasTime);
        }

        output.Write(outcome.Audit.Count == 0 ? "]"u8 : "\n  ]"u8);
    }

    private static void WriteSettings(ArrayBufferWriter<byte> output, BackfillOutcome outcome)
    {
        var settings = outcome.Settings;
        output.Write("{\n"u8);
        var fields = new JsonFields(output, "    ");
        fields.Add("source", outcome.Source);
        fields.Add("lookups", outcome.Lookups);
        fields.Add("backend", settings.Backend.ToString());
        fields.AddNumber("miss_threshold", settings.MissThreshold);
        fields.Add("backfill_batch", settings.BackfillBatch);
        fields.Add("min_lookups", settings.MinLookups);
        fields.Add("max_backfills", settings.MaxBackfills);
        fields.Add("capacity", outcome.Opened.Capacity);
        fields.Add("eviction", outcome.Opened.Eviction is { } eviction ? EvictionModeText.Format(eviction) : null);
        if (settings.Window.Lookups is { } lookups) fields.Add("window", lookups);
        else fields.Add("window", settings.Window.Duration is { } duration ? DurationText.Format(duration) : "cumulative");
        fields.AddNumber("clear_threshold", settings.ClearThreshold);
        fields.Add("cooldown", settings.Cooldown is { } cooldown ? DurationText.Format(cooldown) : null);
        fields.Add("exclude_source_misses", settings.ExcludeSourceMisses);
        fields.Add("backfill_mode", settings.Mode == BackfillMode.Inline ? "inline" : "background");
        fields.Add("on_backend_fault", settings.OnBackendFault == BackendFaultHandling.Throw ? "throw" : "bypass");
        output.Write("\n  }"u8);
    }
}
