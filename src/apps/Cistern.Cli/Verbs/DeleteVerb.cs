using System.CommandLine;

namespace Cistern.Cli;

/// <summary><c>cistern delete</c>: removes the keys that are named, or those that match a glob, after asking.</summary>
internal sealed class DeleteVerb : Verb
{
    private const int BatchKeys = 1000;

    private readonly Argument<string> _address = AddressArgument();
    private readonly Argument<string[]> _keys = Several("KEY", "the keys; or --pattern", least: 0);
    private readonly Option<string?> _pattern = Named("--pattern", "GLOB", "every key that matches: * ? [abc] [a-z] [!x], \\ takes the next character as it is; asks first");
    private readonly Option<string?> _version = Named("--version", "N", "not where a newer version is, and keep this version and older ones out for a while");
    private readonly Option<bool> _yes = Flag("--yes", "do not ask");

    public DeleteVerb() : base("delete", "Delete keys.") => Declare([_address, _keys], _pattern, _version, _yes);

    /// <inheritdoc/>
    protected override Task<int> RunAsync(VerbRun run)
    {
        var keys = run.Keys(_keys);
        var version = run.Version(_version);
        if (run.Given(_pattern) is not { } text) return keys.Length == 0 ? throw new BadInputException("the keys are missing: give KEY, or --pattern GLOB") : DeleteKeysAsync(run, keys, version);
        if (keys.Length > 0) throw new BadInputException("KEY and --pattern exclude each other");
        var pattern = VerbRun.Pattern(text);
        Confirmation.Require(run, run.Has(_yes), "delete --pattern");
        return DeletePatternAsync(run, pattern, version);
    }

    private async Task<int> DeleteKeysAsync(VerbRun run, string[] keys, long? version)
    {
        var distinct = keys.Distinct().ToArray();
        var deleted = new HashSet<string>();
        var backend = await run.OpenAsync(_address, isReadOnly: false, mustExist: true).ConfigureAwait(false);
        await using (backend.ConfigureAwait(false))
        {
            foreach (var key in distinct)
            {
                if (await DeleteAsync(backend, key, version, run.CancellationToken).ConfigureAwait(false)) deleted.Add(key);
            }
        }

        if (run.IsJson)
        {
            run.PrintJson(json => json.Add("deleted", deleted.Count).AddRows("keys", distinct.Select(key => new (string, object?)[] { ("key", key), ("deleted", deleted.Contains(key)) })));
        }

        foreach (var key in distinct.Where(key => !deleted.Contains(key))) run.Note($"not deleted: '{key}' is not there{(version is null ? "" : ", or is newer")}");
        if (!run.IsJson) run.Answer($"{deleted.Count:N0} deleted");
        return deleted.Count == distinct.Length ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task<int> DeletePatternAsync(VerbRun run, string pattern, long? version)
    {
        var backend = await run.OpenAsync(_address, isReadOnly: false, mustExist: true).ConfigureAwait(false);
        await using var closing = backend.ConfigureAwait(false);
        if (!run.Has(_yes) && !await AgreeAsync(run, backend, pattern).ConfigureAwait(false))
        {
            run.Note("nothing was deleted");
            return ExitCode.Failed;
        }

        var deleted = 0L;
        await foreach (var batch in backend.KeysAsync(pattern, run.CancellationToken).Chunk(BatchKeys).ConfigureAwait(false))
        {
            if (version is null) deleted += await backend.DeleteManyAsync(batch, run.CancellationToken).ConfigureAwait(false);
            else foreach (var key in batch) deleted += await DeleteAsync(backend, key, version, run.CancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        if (run.IsJson) run.PrintJson(json => json.Add("deleted", deleted).Add("pattern", pattern));
        else run.Answer($"{deleted:N0} deleted");
        return ExitCode.Done;
    }

    // One entry is what somebody meant; of many, they may not know.
    private async Task<bool> AgreeAsync(VerbRun run, CacheBackend backend, string pattern)
    {
        var matching = 0L;
        await foreach (var key in backend.KeysAsync(pattern, run.CancellationToken).ConfigureAwait(false)) matching++;
        return matching <= 1 || await Confirmation.AskAsync(run, $"delete {matching:N0} entries of {run.Address(_address)} whose keys match '{pattern}'?").ConfigureAwait(false);
    }

    private static ValueTask<bool> DeleteAsync(CacheBackend backend, string key, long? version, CancellationToken cancellationToken) =>
        version is { } given ? backend.DeleteAsync(key, given, cancellationToken) : backend.DeleteAsync(key, cancellationToken);
}
