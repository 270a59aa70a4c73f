using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern copy</c>: the entries of one backend into another, with what is kept beside them, in batches.</summary>
internal sealed class CopyVerb : Verb
{
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
        await using var closingTo = to.ConfigureAwait(false);
        var copy = new EntryCopy(from, to, presence, run.TimeProvider);
        await CopyProgress.ShowAsync(run, pattern == "*" ? from : null, copy, () => copy.RunAsync(pattern, run.CancellationToken)).ConfigureAwait(false);
        CopyReport.Tell(run, copy, fromAddress.ToString(), toAddress.ToString());
        if (copy.IsCancelled) return ExitCode.Interrupted;
        return copy.IsComplete ? ExitCode.Done : ExitCode.Failed;
    }
}
