using StackExchange.Redis;

namespace Cistern;

/// <summary>
/// Writes entries: those without a condition at once, the others by a script that looks at what is there. Batches go over connections of their own, and by the multiplexer where those are not let in.
/// </summary>
internal sealed class DraftSets(RedisConnection connection, RedisKeys keys, BulkWriter? bulk, RedisBackendOptions options)
{
    private const int InFlight = 512;
    private const long InFlightBytes = 8 * 1024 * 1024;

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
        var plan = new BulkPlan(drafts, fitting, outcomes, connection.IsCluster ? keys.SlotOf : null, options);
        var failures = new BulkFailures(plan);
        var waves = bulk is { IsUsable: true } ? await bulk.SendAsync(plan, failures, cancellationToken).ConfigureAwait(false) : plan.Waves;
        foreach (var wave in waves)
        {
            for (var first = 0; first < wave.Count;)
            {
                var window = WindowFrom(plan, wave, first);
                await Task.WhenAll(window.Select(command => SendAsync(plan, command, failures, cancellationToken))).ConfigureAwait(false);
                first += window.Count;
            }
        }

        failures.Throw(options.Name);
        return outcomes;
    }

    // The multiplexer holds all of it at once.
    private static List<BulkCommand> WindowFrom(BulkPlan plan, IReadOnlyList<BulkCommand> wave, int first)
    {
        var window = new List<BulkCommand>();
        var bytes = 0L;
        while (window.Count < InFlight && first + window.Count < wave.Count && bytes < InFlightBytes)
        {
            var command = wave[first + window.Count];
            bytes += plan.BytesOf(command);
            window.Add(command);
        }

        return window;
    }

    private async Task SendAsync(BulkPlan plan, BulkCommand command, BulkFailures failures, CancellationToken cancellationToken)
    {
        try
        {
            var drafts = plan.DraftsOf(command);
            if (plan.IsScript) plan.Note(command, Array.ConvertAll(await RunAsync(drafts, cancellationToken).ConfigureAwait(false), outcome => (int)outcome));
            else await SetPlainAsync(drafts[0], cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException fault)
        {
            failures.Note(command, fault.Message);
        }
    }

    private Task<bool> SetPlainAsync(EntryDraft draft, CancellationToken cancellationToken)
    {
        var time = options.ServerMilliseconds(draft) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null;
        return connection.CallAsync(database => database.StringSetAsync(keys.ToServer(draft.Key), new EnvelopeDraft(draft).ToArray(), time), cancellationToken);
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
