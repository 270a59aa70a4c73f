using System.Buffers;

namespace Cistern.Cli;

/// <summary>The JSON of a summary: the seeds' figures first, everything else after.</summary>
internal static class WriteSummary
{
    public static ReadOnlySpan<byte> Of(WriteOutcome outcome)
    {
        var report = outcome.Report;
        var output = new ArrayBufferWriter<byte>();
        output.Write("{\n"u8);
        var fields = new JsonFields(output, "  ");
        fields.Add("records_written", report.Accepted);
        fields.Name("backends_used");
        WriteNames(output, outcome);
        fields.Add("records_read", report.Records);
        fields.Add("records_rejected", report.Rejected);
        fields.Add("duplicates", report.Duplicates);
        fields.Add("duplicates_exact", report.AreDuplicatesExact);
        fields.Name("backends");
        WriteList(output, [.. report.Backends.Zip(outcome.Stats)], "    ", (backend, indent) => WriteBackend(output, backend.First, backend.Second, outcome, indent));
        fields.Name("rejected_records");
        WriteList(output, report.RejectedRecords, "    ", (record, _) => WriteRejected(output, record));
        fields.Add("input_error", report.InputError?.Message);
        fields.Add("cancelled", report.IsCancelled);
        fields.Add("stopped", report.IsStopped);
        fields.AddNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
        fields.Name("settings");
        WriteSettings(output, outcome);
        output.Write("\n}\n"u8);
        return output.WrittenSpan;
    }

    private static void WriteNames(ArrayBufferWriter<byte> output, WriteOutcome outcome)
    {
        output.Write("["u8);
        for (var i = 0; i < outcome.Plan.Choices.Count; i++)
        {
            if (i > 0) output.Write(", "u8);
            JsonText.WriteString(output, outcome.Plan.Choices[i].Shown.AsSpan());
        }

        output.Write("]"u8);
    }

    private static void WriteBackend(ArrayBufferWriter<byte> output, BackendWriteReport backend, CacheStats? stats, WriteOutcome outcome, string indent)
    {
        output.Write("{\n"u8);
        var fields = new JsonFields(output, indent + "  ");
        fields.Add("backend", backend.Name);
        fields.Add("stored", backend.Stored);
        fields.Add("already_current", backend.AlreadyCurrent);
        fields.Add("superseded", backend.Superseded);
        fields.Add("present", backend.Present);
        fields.Add("too_large", backend.TooLarge);
        fields.Add("failed", backend.Failed);
        fields.Add("unwritten", backend.Unwritten);
        fields.Add("first_unwritten", backend.FirstUnwritten);
        fields.Add("entries", stats?.CurrentEntries);
        fields.Add("evictions", stats?.Evictions);
        fields.Add("first_error", backend.FirstError?.Message);
        fields.Add("closing_error", outcome.ClosingErrors.GetValueOrDefault(backend.Name));
        fields.AddNumber("elapsed_seconds", Math.Round(backend.Elapsed.TotalSeconds, 3));
        fields.Name("unstored_records");
        WriteList(output, backend.Unstored, indent + "    ", (record, _) => WriteUnstored(output, record));
        output.Write(System.Text.Encoding.ASCII.GetBytes($"\n{indent}}}"));
    }

    private static void WriteRejected(ArrayBufferWriter<byte> output, RejectedRecord record)
    {
        BeginRecord(output, record.Number, record.Line);
        output.Write(", \"reason\": "u8);
        JsonText.WriteString(output, record.Reason.AsSpan());
        output.Write("}"u8);
    }

    private static void WriteUnstored(ArrayBufferWriter<byte> output, UnstoredRecord record)
    {
        BeginRecord(output, record.Number, record.Line);
        output.Write(", \"key\": "u8);
        JsonText.WriteString(output, record.Key.AsSpan());
        output.Write(", \"outcome\": "u8);
        JsonText.WriteString(output, OutcomeName.Of(record.Outcome).AsSpan());
        output.Write("}"u8);
    }

    private static void BeginRecord(ArrayBufferWriter<byte> output, long number, long? line) =>
        output.Write(System.Text.Encoding.ASCII.GetBytes($"{{\"record\": {number}{(line is null ? "" : $", \"line\": {line}")}"));

    private static void WriteList<T>(ArrayBufferWriter<byte> output, IReadOnlyList<T> items, string indent, Action<T, string> write)
    {
        output.Write("["u8);
        for (var i = 0; i < items.Count; i++)
        {
            output.Write(System.Text.Encoding.ASCII.GetBytes($"{(i == 0 ? "" : ",")}\n{indent}"));
            write(items[i], indent);
        }

        output.Write(System.Text.Encoding.ASCII.GetBytes(items.Count == 0 ? "]" : $"\n{indent[..^2]}]"));
    }

    private static void WriteSettings(ArrayBufferWriter<byte> output, WriteOutcome outcome)
    {
        var settings = outcome.Plan.Settings;
        output.Write("{\n"u8);
        var fields = new JsonFields(output, "    ");
        fields.Add("records", outcome.Plan.RecordsName);
        fields.Add("key_field", settings.Fields.Key);
        fields.Add("on_missing_key", settings.Fields.OnMissingKey == MissingKeyHandling.Hash ? "hash" : "reject");
        fields.Add("value_field", settings.Fields.Value);
        fields.Add("ttl", settings.TimeToLive is { } timeToLive ? DurationText.Format(timeToLive) : null);
        fields.Add("ttl_field", settings.Fields.TimeToLive);
        fields.Add("metadata_field", settings.Fields.Metadata);
        fields.Add("version_field", settings.Fields.Version);
        fields.Add("on_failure", settings.OnFailure == WriteFailureHandling.Continue ? "continue" : "stop");
        output.Write("\n  }"u8);
    }
}
