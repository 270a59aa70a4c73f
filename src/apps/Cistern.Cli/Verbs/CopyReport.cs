using System.Globalization;

namespace Cistern.Cli;

/// <summary>Tells what became of a copy.</summary>
internal static class CopyReport
{
    public static void Tell(VerbRun run, EntryCopy copy, string from, string to)
    {
        if (run.IsJson) run.PrintJson(json => Add(json, copy, from, to));
        else run.Answer(Sentence(copy));
        if (copy.FirstError is { } error) run.Console.Say($"cistern: {(copy.IsReadToTheEnd || copy.IsCancelled ? "" : "not everything was read; ")}the first error: {error}");
        if (copy.Evicted > 0) run.Console.Say($"cistern: {copy.Evicted:N0} entries of TO gave way for room; larger bounds in its address keep all, such as ?max-size=1GB");
        if (copy.IsCancelled) run.Console.Say("cistern: interrupted; what was not read is not copied");
    }

    private static void Add(ResultJson json, EntryCopy copy, string from, string to) => json
        .Add("from", from)
        .Add("to", to)
        .Add("read", copy.Read)
        .Add("stored", copy.Stored)
        .Add("already_current", copy.AlreadyCurrent)
        .Add("present", copy.Present)
        .Add("superseded", copy.Superseded)
        .Add("too_large", copy.TooLarge)
        .Add("expired", copy.Expired)
        .Add("failed", copy.Failed)
        .Add("unwritten", copy.Unwritten)
        .Add("evicted", copy.Evicted)
        .Add("first_error", copy.FirstError)
        .Add("is_complete", copy.IsComplete)
        .Add("elapsed_ms", (long)copy.Elapsed.TotalMilliseconds);

    private static string Sentence(EntryCopy copy)
    {
        (string What, long Count)[] counts =
        [
            ("already current", copy.AlreadyCurrent),
            ("already there", copy.Present),
            ("superseded", copy.Superseded),
            ("too large", copy.TooLarge),
            ("expired meanwhile", copy.Expired),
            ("failed", copy.Failed),
            ("not written", copy.Unwritten),
        ];
        var rest = string.Concat(counts.Where(count => count.Count > 0).Select(count => string.Create(CultureInfo.InvariantCulture, $", {count.Count:N0} {count.What}")));
        return string.Create(CultureInfo.InvariantCulture, $"{copy.Stored:N0} of {copy.Read:N0} copied{rest}, in {copy.Elapsed.TotalSeconds:0.0} s");
    }
}
