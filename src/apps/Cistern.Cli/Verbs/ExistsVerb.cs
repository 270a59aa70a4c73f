using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern exists</c>: whether live entries are there. Its exit code is its answer.</summary>
internal sealed class ExistsVerb : Verb
{
    private readonly Argument<string> _address = AddressArgument();
    private readonly Argument<string[]> _keys = Several("KEY", "the keys");

    public ExistsVerb() : base("exists", "Tell whether keys are there, without counting as a lookup.") => Declare([_address, _keys]);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(VerbRun run)
    {
        var keys = run.Keys(_keys);
        IReadOnlySet<string> there;
        var backend = await run.OpenAsync(_address, isReadOnly: true).ConfigureAwait(false);
        await using (backend.ConfigureAwait(false)) there = await backend.ExistsManyAsync(keys, run.CancellationToken).ConfigureAwait(false);

        var areAllThere = keys.All(there.Contains);
        if (run.IsJson)
        {
            run.PrintJson(json => json.Add("all_exist", areAllThere).AddRows("keys", keys.Select(key => new (string, object?)[] { ("key", key), ("exists", there.Contains(key)) })));
        }
        else
        {
            foreach (var key in keys) run.Answer(there.Contains(key) ? "there" : "missing", key);
        }

        return areAllThere ? ExitCode.Done : ExitCode.Failed;
    }
}
