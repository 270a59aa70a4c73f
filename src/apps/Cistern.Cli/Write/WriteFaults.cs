using System.Globalization;

namespace Cistern.Cli;

/// <summary>Says in lines what went wrong with a write: in short for everybody, record by record for who wants it. The lines are not escaped yet.</summary>
internal static class WriteFaults
{
    /// <summary>One line for each kind of fault.</summary>
    public static IEnumerable<string> Of(WriteOutcome outcome)
    {
        var report = outcome.Report;
        if (report.InputError is { } error) yield return $"the records could not be read to their end: {error.Message}";
        if (report.RejectedRecords is [var first, ..]) yield return $"{Count(report.Rejected, "record was", "records were")} rejected; the first: {Place(first.Number, first.Line)}: {first.Reason}";
        foreach (var (backend, stats) in report.Backends.Zip(outcome.Stats))
        {
            if (stats?.Evictions > 0) yield return $"{backend.Name}: {Count(stats.Evictions.Value, "entry was", "entries were")} evicted to make room; name larger bounds in its address to keep all";
            if (backend.TooLarge > 0) yield return $"{backend.Name}: {Count(backend.TooLarge, "record was", "records were")} rejected as too large";
            if (backend.FirstError is { } failure) yield return $"{backend.Name}: {Count(backend.Failed, "record", "records")} failed; the first error: {failure.Message}";
            if (outcome.ClosingErrors.TryGetValue(backend.Name, out var closing)) yield return $"{backend.Name}: could not be closed, and may have lost what it was given: {closing}";
        }

        if (report.IsCancelled) yield return "interrupted; the summary says what was written";
        if (report.IsStopped) yield return "stopped at the first failure; the summary says what was written";
    }

    /// <summary>One line for each record that the report lists.</summary>
    public static IEnumerable<string> Each(WriteOutcome outcome)
    {
        foreach (var record in outcome.Report.RejectedRecords) yield return $"rejected: {Place(record.Number, record.Line)}: {record.Reason}";
        foreach (var backend in outcome.Report.Backends)
        {
            foreach (var record in backend.Unstored)
            {
                yield return $"{backend.Name}: {Place(record.Number, record.Line)}, key \"{record.Key}\": {OutcomeName.Of(record.Outcome)}{(record.Error is null ? "" : $": {record.Error}")}";
            }
        }
    }

    private static string Place(long number, long? line) => line is null ? $"record {number}" : $"record {number} (line {line})";

    private static string Count(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");
}
