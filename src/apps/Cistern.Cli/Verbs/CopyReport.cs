using System.Globalization;

namespace Cistern.Cli;

/// <summary>Tells what became of a copy, in the writer's words.</summary>
internal static class CopyReport
{
    public static void Tell(VerbRun run, CopyOutcome copy, string from, string to)
    {
        if (run.IsJson) run.PrintJson(json => Add(json, copy, from, to));
        else run.Answer(Sentence(copy));
        foreach (var line in Faults(copy)) run.Console.Say($"cistern: {line}");
    }

    private static IEnumerable<string> Faults(CopyOutcome copy)
    {
        if (copy.Report.InputError is { } error) yield return $"not everything was read: {error.Message}";
        if (copy.FirstError is { } failure) yield return $"the first error: {failure}";
        if (copy.ClosingError is { } closing) yield return $"TO could not be closed, and may have lost what it was given: {closing}";
        if (copy.Stats?.Evictions is > 0 and var evictions) yield return string.Create(CultureInfo.InvariantCulture, $"{evictions:N0} entries of TO gave way for room; larger bounds in its address keep all, such as ?max-size=1GB");
        if (copy.Report.IsCancelled) yield return "interrupted; what was not read is not copied";
    }

    private static void Add(ResultJson json, CopyOutcome copy, string from, string to) => json
        .Add("from", from)
        .Add("to", to)
        .Add("read", copy.Report.Records)
        .Add("stored", copy.Target.Stored)
        .Add("already_current", copy.Target.AlreadyCurrent)
        .Add("superseded", copy.Target.Superseded)
        .Add("present", copy.Target.Present)
        .Add("too_large", copy.Target.TooLarge)
        .Add("expired", copy.Target.Expired)
        .Add("failed", copy.Target.Failed)
        .Add("unwritten", copy.Target.Unwritten)
        .Add("rejected", copy.Report.Rejected)
        .Add("vanished", copy.Vanished)
        .Add("entries", copy.Stats?.CurrentEntries)
        .Add("evictions", copy.Stats?.Evictions)
        .Add("input_error", copy.Report.InputError?.Message)
        .Add("first_error", copy.FirstError)
        .Add("closing_error", copy.ClosingError)
        .Add("cancelled", copy.Report.IsCancelled)
        .Add("is_complete", copy.IsComplete)
        .AddRate("elapsed_seconds", Math.Round(copy.Report.Elapsed.TotalSeconds, 3))
        .AddRows("unstored_entries", copy.Unstored.Select(entry => new (string, object?)[] { ("key", entry.Key), ("outcome", OutcomeName.Of(entry.Outcome)) }));

    private static string Sentence(CopyOutcome copy)
    {
        (string What, long Count)[] counts =
        [
            ("already current", copy.Target.AlreadyCurrent),
            ("already there", copy.Target.Present),
            ("superseded", copy.Target.Superseded),
            ("too large", copy.Target.TooLarge),
            ("expired meanwhile", copy.Target.Expired),
            ("failed", copy.Target.Failed),
            ("not written", copy.Target.Unwritten),
            ("rejected", copy.Report.Rejected),
            ("gone before they were read", copy.Vanished),
        ];
        var rest = string.Concat(counts.Where(count => count.Count > 0).Select(count => string.Create(CultureInfo.InvariantCulture, $", {count.Count:N0} {count.What}")));
        return string.Create(CultureInfo.InvariantCulture, $"{copy.Target.Stored:N0} of {copy.Report.Records:N0} copied{rest}, in {copy.Report.Elapsed.TotalSeconds:0.0} s");
    }
}
