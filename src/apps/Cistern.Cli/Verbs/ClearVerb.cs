using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern clear</c>: removes every entry, after asking.</summary>
internal sealed class ClearVerb : Verb
{
    private readonly Argument<string> _address = AddressArgument();
    private readonly Option<bool> _yes = Flag("--yes", "do not ask");

    public ClearVerb() : base("clear", "Remove every entry.") => Declare([_address], _yes);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        Confirmation.Require(run, run.Has(_yes), "clear");
        var backend = await run.OpenAsync(_address, isReadOnly: false, mustExist: true).ConfigureAwait(false);
        await using var closing = backend.ConfigureAwait(false);
        if (!run.Has(_yes) && !await AskAsync(run, backend).ConfigureAwait(false))
        {
            run.Note("nothing was removed");
            return ExitCode.Failed;
        }

        var cleared = await backend.ClearAsync(run.CancellationToken).ConfigureAwait(false);
        if (run.IsJson) run.PrintJson(json => json.Add("cleared", cleared));
        else run.Answer($"{cleared:N0} {(cleared == 1 ? "entry" : "entries")} removed");
        return ExitCode.Done;
    }

    private async Task<bool> AskAsync(VerbRun run, CacheBackend backend)
    {
        var stats = await backend.GetStatsAsync(run.CancellationToken).ConfigureAwait(false);
        return await Confirmation.AskAsync(run, $"remove every entry{(stats.CurrentEntries is { } entries ? $" ({entries:N0})" : "")} of {run.Address(_address)}?").ConfigureAwait(false);
    }
}
