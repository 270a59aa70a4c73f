using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern keys</c>: the keys that match a glob, as they come.</summary>
internal sealed class KeysVerb : Verb
{
    private readonly Argument<string> _address = AddressArgument();
    private readonly Argument<string?> _pattern = Maybe("PATTERN", "a glob: * ? [abc] [a-z] [!x], \\ takes the next character as it is (default *)");
    private readonly Option<string?> _limit = Named("--limit", "N", "stop after so many: a whole number, at least 1");
    private readonly Option<bool> _print0 = Flag("--print0", "end each key with NUL instead of a line end, for xargs -0");

    public KeysVerb() : base("keys", "List keys, one a line, in no particular order.") => Declare([_address, _pattern], _limit, _print0);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        if (run.IsJson && run.Has(_print0)) throw new BadInputException("--json and --print0 exclude each other");
        var pattern = VerbRun.Pattern(run.Given(_pattern) ?? "*");
        var limit = run.Count(_limit) ?? long.MaxValue;
        var format = run.IsJson ? KeyFormat.Json : run.Has(_print0) ? KeyFormat.Separated : run.Console.OutputIsTerminal ? KeyFormat.TerminalLines : KeyFormat.Lines;
        var listing = new KeyListing(run.Console.Output, format);
        var backend = await run.OpenAsync(_address, isReadOnly: true).ConfigureAwait(false);
        await using var closing = backend.ConfigureAwait(false);
        await foreach (var key in backend.KeysAsync(pattern, run.CancellationToken).ConfigureAwait(false))
        {
            listing.Add(key);
            if (--limit == 0) break;
        }

        listing.End();
        if (format == KeyFormat.Lines && listing.Escaped > 0) run.Note($"{listing.Escaped:N0} {(listing.Escaped == 1 ? "key holds a line end and is" : "keys hold a line end and are")} shown with an escape for it; --print0 and --json show keys as they are");
        return ExitCode.Done;
    }
}
