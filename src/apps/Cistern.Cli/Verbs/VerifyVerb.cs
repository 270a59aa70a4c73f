using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern verify</c>: what lies in a backend's files, what was dropped from them, and why.</summary>
internal sealed class VerifyVerb : Verb
{
    private readonly Argument<string> _address = AddressArgument();

    public VerifyVerb() : base("verify", "Check the files of a backend: what is sound, what was dropped, and why.") => Declare([_address]);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        var found = await run.VerifyAsync(_address).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.PrintJson(json => json
                .Add("address", run.Address(_address).ToString())
                .Add("is_sound", found.IsSound)
                .Add("entries", found.Entries)
                .AddRows("findings", found.Findings.Select(finding => new (string, object?)[] { ("where", finding.Where), ("what", finding.What) })));
        }
        else
        {
            foreach (var finding in found.Findings) run.Print($"{finding.Where}: {finding.What}");
            var entries = $"{found.Entries:N0} {(found.Entries == 1 ? "entry is" : "entries are")} sound";
            run.Answer(found.IsSound ? entries : $"{entries}; {found.Findings.Count:N0} {(found.Findings.Count == 1 ? "finding" : "findings")}");
        }

        return found.IsSound ? ExitCode.Done : ExitCode.Failed;
    }
}
