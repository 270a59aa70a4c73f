using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern copy</c>: the entries of one backend into another, with what is kept beside them, in batches.</summary>
internal sealed class CopyVerb : Verb
{
    // Whether a value is too large, TO decides; and keys that FROM lists twice are its affair.
    private static readonly CacheWriterOptions Options = new() { MaxValueBytes = int.MaxValue, MaxTrackedKeys = 0 };

    private readonly Argument<string> _from = AddressArgument("FROM", "where the entries come from");
    private readonly Argument<string> _to = AddressArgument("TO", "where they go");
    private readonly Option<string?> _pattern = Named("--pattern", "GLOB", "only keys that match: * ? [abc] [a-z] [!x], \\ takes the next character as it is");
    private readonly Option<bool> _overwrite = Flag("--overwrite", "replace what is there, but for newer versions");
    private readonly Option<bool> _ifAbsent = Flag("--if-absent", "keep what is there, and do not count it as refused");

    public CopyVerb() : base("copy", "Copy entries from one backend to another, with their time left, metadata and versions.") =>
        Declare([_from, _to], _pattern, _overwrite, _ifAbsent);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        run.Exclude(_overwrite, _ifAbsent);
        var pattern = VerbRun.Pattern(run.Given(_pattern) ?? "*");
        var (fromAddress, toAddress) = (run.Address(_from), run.Address(_to));
        run.CheckApart(_from, _to);
        if (fromAddress.Location.Length > 0 && fromAddress.Scheme == toAddress.Scheme && fromAddress.Location == toAddress.Location) throw new BadInputException("FROM and TO are one backend");
        var presence = run.Has(_overwrite) ? CopyPresence.Overwrite : run.Has(_ifAbsent) ? CopyPresence.Keep : CopyPresence.Refuse;

        var from = await run.OpenAsync(_from, isReadOnly: true).ConfigureAwait(false);
        await using var closingFrom = from.ConfigureAwait(false);
        var to = await run.OpenAsync(_to, isReadOnly: false).ConfigureAwait(false);
        var entries = new EntryRecords(from, pattern, presence);
        WriteReport report;
        CacheStats? stats = null;
        string? closingError = null;
        try
        {
            var writer = new CacheWriter([new WriteTarget(toAddress.ToString(), to)], Options, run.TimeProvider);
            report = await CopyProgress.ShowAsync(run, pattern == "*" ? from : null, progress => writer.WriteAsync(entries.ReadAsync(CancellationToken.None), progress, run.CancellationToken)).ConfigureAwait(false);
            try { stats = await to.GetStatsAsync(CancellationToken.None).ConfigureAwait(false); }
            catch (CacheBackendException) { stats = null; }
        }
        finally
        {
            // Before anything is told: what a backend has not written by now, it writes here, or loses.
            try { await to.DisposeAsync().ConfigureAwait(false); }
            catch (CacheBackendException error) { closingError = error.Message; }
        }

        var copy = new CopyOutcome(report, entries.Vanished, stats, closingError, presence);
        CopyReport.Tell(run, copy, fromAddress.ToString(), toAddress.ToString());
        if (report.IsCancelled) return ExitCode.Interrupted;
        return copy.IsComplete ? ExitCode.Done : ExitCode.Failed;
    }
}
