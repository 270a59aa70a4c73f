using StackExchange.Redis;

namespace Cistern;

/// <summary>Writes entries: those without a condition at once, the others by a script that looks at what is there.</summary>
internal sealed class DraftSets(RedisConnection connection, RedisKeys keys, BulkWriter? bulk, RedisBackendOptions options)
{
    private const int ScriptKeys = 64;
    private const int InFlight = 512;

    /// <summary>Writes one.</summary>
    public async ValueTask<SetOutcome> SetAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Value.Length > options.MaxValueBytes) return SetOutcome.TooLarge;
        if (draft.Condition != SetCondition.Always) return (await RunAsync([draft], cancellationToken).ConfigureAwait(false))[0];
        await SetPlainAsync(draft, cancellationToken).ConfigureAwait(false);
        return SetOutcome.Stored;
    }

    /// <summary>Writes several, as if one after another.</summary>
    public async ValueTask<SetOutcome[]> SetManyAsync(IReadOnlyList<EntryDraft> drafts, CancellationToken cancellationToken)
    {
        var outcomes = new SetOutcome[drafts.Count];
        var fitting = new List<int>(drafts.Count);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (drafts[i].Value.Length > options.MaxValueBytes) outcomes[i] = SetOutcome.TooLarge;
            else fitting.Add(i);
        }

        if (fitting.Count == 0) return outcomes;
        if (bulk is { IsUsable: true } && await bulk.TryWriteAsync(drafts, fitting, outcomes, cancellationToken).ConfigureAwait(false)) return outcomes;
        if (fitting.TrueForAll(i => drafts[i].Condition == SetCondition.Always)) await SetPlainAsync(drafts, fitting, cancellationToken).ConfigureAwait(false);
        else await SetByScriptAsync(drafts, fitting, outcomes, cancellationToken).ConfigureAwait(false);
        return outcomes;
    }

    private async Task SetPlainAsync(IReadOnlyList<EntryDraft> drafts, List<int> fitting, CancellationToken cancellationToken)
    {
        foreach (var window in RepeatedKeys.LastOfEach(drafts, fitting).Chunk(InFlight)) await Task.WhenAll(window.Select(i => SetPlainAsync(drafts[i], cancellationToken))).ConfigureAwait(false);
    }

    private Task<bool> SetPlainAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        var time = options.ServerMilliseconds(draft) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null;
        return connection.CallAsync(database => database.StringSetAsync(keys.ToServer(draft.Key), new EnvelopeDraft(draft).ToArray(), time), cancellationToken);
    }

    // One slot's keys are written in order; slots know nothing of one another.
    private async Task SetByScriptAsync(IReadOnlyList<EntryDraft> drafts, List<int> fitting, SetOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var groups = connection.IsCluster ? fitting.GroupBy(i => keys.SlotOf(drafts[i].Key)) : fitting.GroupBy(_ => 0);
        foreach (var window in groups.Chunk(InFlight)) await Task.WhenAll(window.Select(WriteGroupAsync)).ConfigureAwait(false);

        async Task WriteGroupAsync(IEnumerable<int> group)
        {
            foreach (var part in group.Chunk(ScriptKeys))
            {
                var answers = await RunAsync([.. part.Select(i => drafts[i])], cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < part.Length; i++) outcomes[part[i]] = answers[i];
            }
        }
    }

    private async Task<SetOutcome[]> RunAsync(EntryDraft[] drafts, CancellationToken cancellationToken)
    {
        RedisValue[] arguments =
        [
            EnvelopeHead.ForScripts(drafts[0].CreatedAtMilliseconds),
            options.GraceMilliseconds,
            Array.ConvertAll(drafts, draft => RedisScript.LetterOf(draft.Condition)),
            .. drafts.Select(draft => (RedisValue)new EnvelopeDraft(draft).ToArray()),
        ];
        var answers = (int[])(await connection.RunAsync(RedisScript.Set, [.. drafts.Select(draft => keys.ToServer(draft.Key))], arguments, cancellationToken).ConfigureAwait(false))!;
        return answers.Length == drafts.Length ? Array.ConvertAll(answers, answer => (SetOutcome)answer) : throw new CacheBackendException($"{answers.Length} outcomes for {drafts.Length} entries.");
    }
}
